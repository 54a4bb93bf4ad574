#pragma once

#include "advisor/selection/selection.hpp"

#include <optional>
#include <stop_token>
#include <vector>

namespace pgadvisor::selection {

/// Why a candidate was not chosen.
enum class Obstacle {
  kBudget,        ///< larger than the whole budget
  kRestOfBudget,  ///< larger than what the chosen ones leave of it
  kWrites,        ///< keeping it up to date takes what it saves, or leaves too little of it
  kServed,        ///< a chosen one does its work
  kTooLittle,     ///< beside the chosen ones
  kSlowdown,      ///< a statement could become slower than the guard allows
  kMaxCount,      ///< as many as allowed are chosen
  kGap,           ///< nothing but that the search ended within its gap, or its time
};

struct LeftOut {
  CandidateId candidate{};
  double alone = 0;   ///< fall of the workload's cost if it were the only one chosen; without its writes
  double beside = 0;  ///< the same if it joined the chosen ones, in place of those that it excludes
  Obstacle obstacle = Obstacle::kGap;
  std::optional<CandidateId> server = {};  ///< of kServed
  std::optional<std::size_t> slowed = {};  ///< statement of kSlowdown
};

/// The strong candidates that were not chosen, those first that save most by themselves; at most one of those
/// that begin with the same key of the same table, and none that differs from a chosen one in what it
/// INCLUDEs only. Strong is what saves, alone, what an index on its table has to save where there is no
/// other. Looks at what the planner takes for the heaviest statements with all candidates and without the
/// chosen ones; some hundred costs are asked for, many of them known already. A stop request ends it with
/// what it has.
[[nodiscard]] model::Result<std::vector<LeftOut>> left_out(const Problem& problem, const Selection& selection,
                                                           const Constraints& constraints,
                                                           std::stop_token stop);

}  // namespace pgadvisor::selection
