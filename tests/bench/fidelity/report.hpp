#pragma once

#include "tests/bench/fidelity/comparison.hpp"
#include "tests/bench/fidelity/measure.hpp"

#include <string>
#include <vector>

namespace pgadvisor::bench {

/// Distributions of both beside each other.
[[nodiscard]] std::string distributions(const Scores& ours, const Scores& hypopg);
/// A line for every prediction outside its goal, with its reason.
[[nodiscard]] std::string table_of_misses(const std::vector<Measurement>& measurements);

struct Verdict {
  std::string text;  ///< a line for each goal
  bool met = true;   ///< all of them
};
[[nodiscard]] Verdict judge(const Scores& ours, const std::vector<Measurement>& measurements);

}  // namespace pgadvisor::bench
