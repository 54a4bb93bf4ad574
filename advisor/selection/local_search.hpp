#pragma once

#include "advisor/selection/bounds.hpp"

namespace pgadvisor::selection {

/// Improves a configuration by the bounds alone, asking nothing: drops what does not fit, then takes the best
/// of all single additions, removals and exchanges with the pool for as long as one lowers bound + writes +
/// rents by more than `negligible`.
[[nodiscard]] Configuration improve(const Bounds& bounds, const Constraints& constraints, const Rents& rents,
                                    double negligible, Configuration start, const Configuration& pool);

}  // namespace pgadvisor::selection
