#pragma once

#include "advisor/index_health/foreign_keys.hpp"
#include "advisor/index_health/redundancy.hpp"
#include "advisor/index_health/subject.hpp"
#include "advisor/index_health/usage.hpp"
#include "advisor/index_report.hpp"

#include <vector>

namespace pgadvisor::index_health {

/// What follows from a verdict.
enum class Action {
  kNone,
  kDrop,
  kDropConstraint,  ///< a look first; then ALTER TABLE, which drops its index
  kReindex,
};

struct Judged {
  const Subject* subject = nullptr;
  advisor::IndexReport report;
  Action action = Action::kNone;
};

/// The verdict on each index, by the rules of this folder in the order of what is surest: invalid, then
/// duplicate and redundant, then its use. An index that another one's verdict names as keeper stays.
[[nodiscard]] std::vector<Judged> judge_indexes(const Catalog& catalog, const UsageJudge& usage,
                                                const ForeignKeys& foreign_keys);

}  // namespace pgadvisor::index_health
