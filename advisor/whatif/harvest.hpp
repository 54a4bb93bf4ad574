#pragma once

#include "advisor/whatif/candidate_set.hpp"
#include "advisor/workload/analyse.hpp"

#include <set>
#include <span>
#include <stop_token>

namespace pgadvisor::whatif {

/// The candidates that are worth a search: creates all of `definitions` in the sandbox, and keeps those that
/// the planner takes when it may choose among all that could serve a statement, or among the smaller ones
/// only, each time once more without what it took (the first step of DB2 Advisor, Valentin and others, ICDE
/// 2000, repeated for every size). All others are no better than one of these for any statement by itself,
/// and each costs planning time. To them come merges of those kept, which no statement by itself asks for.
/// kReconnect when the sandbox died; a stop request ends it early.
[[nodiscard]] model::Result<CandidateSet> harvest(const std::set<model::IndexDefinition>& definitions,
                                                  std::span<const workload::AnalysedStatement> statements,
                                                  const model::DatabaseSnapshot& snapshot,
                                                  sandbox::Database& sandbox, std::stop_token stop);

}  // namespace pgadvisor::whatif
