#pragma once

#include "advisor/selection/bounds.hpp"
#include "advisor/selection/least_gain.hpp"

#include <stop_token>

namespace pgadvisor::selection {

/// A set and its true cost.
struct Costed {
  Configuration set;
  double cost = 0;
};

/// A set without what is hardly worth having: indexes that save a share of the little that the others leave,
/// but next to nothing of what there was; and each index that a smaller one of its family can nearly replace,
/// replaced by it. No plan is one that the guard refuses. A stop request ends it with what it has.
[[nodiscard]] model::Result<Costed> trim(const Bounds& bounds, const Constraints& constraints,
                                         const LeastGain& least_gain, const std::stop_token& stop,
                                         Costed found);

}  // namespace pgadvisor::selection
