#pragma once

#include "collectors/model/maintenance.hpp"

#include <string_view>
#include <vector>

namespace pgadvisor::sql {

/// The relations that a statement reads whole for maintenance's sake: COPY ... TO, CREATE INDEX, REINDEX,
/// CLUSTER, VACUUM FULL, ALTER TABLE. Empty for every other statement. Goes by the first words, so that it
/// also knows what the grammar of PostgreSQL 15 does not. Any thread.
[[nodiscard]] std::vector<model::Maintenance> maintenance_of(std::string_view text);

}  // namespace pgadvisor::sql
