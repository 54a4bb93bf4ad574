#pragma once

#include "advisor/selection/selection.hpp"
#include "advisor/selection/write_load.hpp"
#include "advisor/whatif/candidate_set.hpp"
#include "advisor/whatif/whatif.hpp"

namespace pgadvisor::selection {

/// The selection problem of an analysed workload. Refers to `whatif` and `candidates`, which outlive it.
/// `max_slowdown`: see acceptable().
[[nodiscard]] Problem make_problem(whatif::WhatIf& whatif, const whatif::CandidateSet& candidates,
                                   const WriteModel& writes, double max_slowdown);

}  // namespace pgadvisor::selection
