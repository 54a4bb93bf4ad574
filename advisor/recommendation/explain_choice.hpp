#pragma once

#include "advisor/report.hpp"
#include "advisor/whatif/candidate_set.hpp"
#include "advisor/workload/analyse.hpp"

#include <span>
#include <string>
#include <vector>

namespace pgadvisor::recommendation {

/// single_column or composite, and partial, covering, expression, foreign_key where they apply.
[[nodiscard]] std::vector<std::string> kinds(const whatif::Candidate& candidate,
                                             std::span<const workload::AnalysedStatement* const> served);

/// Why this index, in sentences: what it saves of the cost that those chosen before it leave
/// (`share_of_rest`, 0..1), what each key is for, what the predicate and INCLUDE bring, how one
/// on a partitioned table is built, which foreign-key checks it serves, what keeping it costs.
[[nodiscard]] std::vector<std::string> reasons(const whatif::Candidate& candidate,
                                               const advisor::Recommendation& recommendation,
                                               double share_of_rest,
                                               std::span<const workload::AnalysedStatement* const> served,
                                               const model::DatabaseSnapshot& snapshot);

/// Why it is not to be left out: without it the other recommended indexes would make these statements slower.
[[nodiscard]] std::string slower_sentence(std::span<const std::string> query_ids);

/// High: statistics are there and every key is an equality, a join or a sort. Medium: a range with a
/// parameter, which the planner guesses to be a third of the table, or a single statement. Low: an expression
/// or no statistics, so that the estimate rests on PostgreSQL's defaults.
[[nodiscard]] advisor::Confidence confidence(const whatif::Candidate& candidate,
                                             std::span<const workload::AnalysedStatement* const> served,
                                             const model::DatabaseSnapshot& snapshot);

}  // namespace pgadvisor::recommendation
