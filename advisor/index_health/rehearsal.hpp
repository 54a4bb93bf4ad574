#pragma once

#include "advisor/index_health/subject.hpp"
#include "advisor/index_report.hpp"
#include "advisor/sandbox/database.hpp"
#include "advisor/workload/analyse.hpp"

#include <map>
#include <span>
#include <stop_token>
#include <vector>

namespace pgadvisor::index_health {

/// A statement counts as worse from this rise of its cost on: what the planner would not notice is not told.
inline constexpr double kLeastRise = 0.01;
/// From this rise on an index that no rule needs is needed all the same.
inline constexpr double kTooMuchRise = 0.10;

/// Plans the workload in the sandbox without `drops`, all at once, and says of each which statements that
/// used it become dearer. By the OID of the index. Statements that the planner fails on are not counted.
/// kReconnect when the sandbox died, kGiveUp when stopped.
[[nodiscard]] model::Result<std::map<model::Oid, advisor::Rehearsal>> rehearse(
    std::span<const Subject* const> drops, const Catalog& catalog,
    std::span<const workload::AnalysedStatement> statements, sandbox::Database& sandbox,
    std::stop_token stop);

}  // namespace pgadvisor::index_health
