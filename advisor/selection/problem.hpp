#pragma once

#include "advisor/selection/selection.hpp"
#include "advisor/selection/write_load.hpp"
#include "advisor/whatif/candidate_set.hpp"
#include "advisor/whatif/whatif.hpp"

namespace pgadvisor::selection {

/// The selection problem of an analysed workload. Refers to `whatif` and `candidates`, which outlive it.
/// `existing`: the indexes of the database; `max_slowdown`: share of its cost today by which a statement may
/// be expected to become slower (whatif::Execution).
[[nodiscard]] Problem make_problem(whatif::WhatIf& whatif, const whatif::CandidateSet& candidates,
                                   const WriteModel& writes, std::span<const model::Index> existing,
                                   double max_slowdown);

}  // namespace pgadvisor::selection
