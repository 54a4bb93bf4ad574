#pragma once

#include "tests/bench/fidelity/answers.hpp"
#include "tests/bench/fidelity/distribution.hpp"
#include "tests/bench/schema.hpp"

#include <map>
#include <string>
#include <vector>

namespace pgadvisor::bench {

// What issue this bench proves: predictions may be off by so much.
inline constexpr double kSizeGoal = 0.15;
inline constexpr double kCoarseSizeGoal = 0.50;  ///< of methods without an exact model: GIN, GiST, SP-GiST
inline constexpr double kCostGoal = 0.01;
inline constexpr double kBaseGoal = 0.001;

[[nodiscard]] bool is_coarse(const std::string& method);

/// Distributions of one predictor over all schemas.
struct Scores {
  std::map<std::string, Distribution> sizes;  ///< by access method
  Distribution exact_sizes;                   ///< of every method but the coarse ones
  Distribution coarse_sizes;
  Distribution base_costs;    ///< without any candidate
  Distribution single_costs;  ///< one index, where it changes a statement's cost on either side
  Distribution set_costs;     ///< several indexes, likewise
  std::size_t heights_right = 0;
  std::size_t heights_wrong = 0;

  void add_sizes(const Answers& predicted, const Answers& real, const std::vector<std::string>& methods);
  void add_costs(const Answers& predicted, const Answers& real, const std::vector<IndexSet>& sets);
};

/// A prediction outside its goal.
struct Miss {
  enum class Kind { kSize, kHeight, kBase, kCost } kind;
  std::size_t set = 0;        ///< of kBase, kCost: place in the sets
  std::size_t index = 0;      ///< of kSize, kHeight
  std::size_t statement = 0;  ///< of kBase, kCost
  double predicted = 0;
  double real = 0;
};

/// Every prediction that misses its goal, sizes first.
[[nodiscard]] std::vector<Miss> find_misses(const Answers& predicted, const Answers& real,
                                            const std::vector<std::string>& methods);

}  // namespace pgadvisor::bench
