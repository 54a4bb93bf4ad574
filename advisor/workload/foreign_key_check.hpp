#pragma once

#include "advisor/sandbox/scan.hpp"
#include "collectors/model/catalog.hpp"

#include <string>
#include <vector>

namespace pgadvisor::workload {

/// The query PostgreSQL runs on the referencing table when a referenced row goes away.
struct ForeignKeyCheck {
  std::string constraint;
  std::string text;
};

/// The checks that one row written by `write` fires: for a DELETE every foreign key that references the
/// table, for an UPDATE those whose referenced columns it sets. The text is that of RI_FKey_noaction_del
/// (ri_triggers.c).
[[nodiscard]] std::vector<ForeignKeyCheck> foreign_key_checks(const sandbox::Write& write,
                                                              const model::DatabaseSnapshot& snapshot);

}  // namespace pgadvisor::workload
