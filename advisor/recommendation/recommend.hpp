#pragma once

#include "advisor/report.hpp"
#include "advisor/selection/selection.hpp"
#include "advisor/selection/write_load.hpp"
#include "advisor/whatif/candidate_set.hpp"
#include "advisor/whatif/whatif.hpp"

#include <string>
#include <vector>

namespace pgadvisor::recommendation {

/// Everything the selection rests on; all of it outlives the call.
struct Evidence {
  const model::DatabaseSnapshot& snapshot;
  const whatif::CandidateSet& candidates;
  const selection::Problem& problem;
  const selection::Selection& selection;
  const selection::WriteModel& writes;
  whatif::WhatIf& whatif;
  sandbox::Database& sandbox;
};

/// Stage "recommend": names, DDL, way back, size, the statements each index serves with costs and plans,
/// reasons.
[[nodiscard]] model::Result<std::vector<advisor::Recommendation>> recommend(const Evidence& evidence);

/// Same database and same definition: same id. 16 hexadecimal digits.
[[nodiscard]] std::string recommendation_id(const std::string& database,
                                            const model::IndexDefinition& definition);

}  // namespace pgadvisor::recommendation
