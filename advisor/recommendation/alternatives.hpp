#pragma once

#include "advisor/recommendation/recommend.hpp"
#include "advisor/selection/left_out.hpp"

#include <span>
#include <vector>

namespace pgadvisor::recommendation {

/// The strong candidates that were not chosen, each with its one reason, in words. `recommendations`: those
/// of the same evidence, in the order of its steps. Leaves out partial indexes that would show a value
/// sampled from executions: only what is recommended may.
[[nodiscard]] std::vector<advisor::Alternative> alternatives(
    const Evidence& evidence, std::span<const selection::LeftOut> left_out,
    std::span<const advisor::Recommendation> recommendations);

}  // namespace pgadvisor::recommendation
