#include "advisor/selection/guard.hpp"

#include <cmath>

namespace pgadvisor::selection {
namespace {

/// What a plan has to promise in return for the risk.
constexpr double kPremium = 0.1;

}  // namespace

bool acceptable(model::Cost today, model::Cost planned, model::Cost unshared, double max_slowdown) {
  if (unshared <= today * (1 + max_slowdown)) return true;
  return std::sqrt(planned.value * unshared.value) <= today.value * (1 - kPremium);
}

}  // namespace pgadvisor::selection
