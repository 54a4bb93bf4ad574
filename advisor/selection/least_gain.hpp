#pragma once

#include "advisor/selection/bounds.hpp"

#include <algorithm>

namespace pgadvisor::selection {

/// What an index has to save to be worth it (Constraints::min_gain): one rule for the search, and for telling
/// why others were left out.
class LeastGain {
 public:
  LeastGain(double share, double cost_before) : share_(share), workload_(share * cost_before) {}

  /// Net of writes, given what each statement costs.
  [[nodiscard]] Rents rents(const Bounds& bounds, std::span<const double> costs) const {
    Rents rents{bounds.by_table(costs), workload_};
    for (auto& rent : rents.tables) rent = std::max({share_ * rent, kPart * workload_, kLeastRent});
    return rents;
  }
  /// What saves so much of the workload need not matter to a statement beside.
  [[nodiscard]] bool reached(const Bounds::Change& saved, bool extends) const {
    if (saved.fall >= workload_) return true;
    return !extends && saved.most >= share_ && saved.fall >= kPart * workload_;
  }

 private:
  /// What helps one table or one statement only still has to save this share of the least gain, taken of the
  /// whole workload.
  static constexpr double kPart = 0.01;
  /// Rents are never 0, in the workload's unit: what saves nothing is not taken.
  static constexpr double kLeastRent = 1e-9;

  double share_;
  double workload_;
};

}  // namespace pgadvisor::selection
