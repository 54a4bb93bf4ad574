#include "tests/bench/fidelity/comparison.hpp"

#include <cmath>

namespace pgadvisor::bench {
namespace {

/// Half of the last digit that EXPLAIN prints.
constexpr double kRounding = 0.005;

bool beyond(double predicted, double real, double goal) {
  return std::abs(predicted - real) > goal * real + kRounding;
}

/// Whether both sides answered and, but for the empty set that comes first, the set changes the statement's
/// cost by either side's answer: what an index has nothing to do with would only dilute the figures.
bool counts(const Answers& predicted, const Answers& real, std::size_t set, std::size_t statement) {
  const auto changes = [&](const Answers& answers) {
    const auto& before = answers.costs[0][statement];
    return before && std::abs(*answers.costs[set][statement] - *before) > kRounding;
  };
  if (!predicted.costs[set][statement] || !real.costs[set][statement]) return false;
  return set == 0 || changes(predicted) || changes(real);
}

}  // namespace

bool is_coarse(const std::string& method) {
  return method == "gin" || method == "gist" || method == "spgist";
}

void Scores::add_sizes(const Answers& predicted, const Answers& real,
                       const std::vector<std::string>& methods) {
  for (std::size_t index = 0; index < real.sizes.size(); ++index) {
    const auto& size = predicted.sizes[index];
    if (!size) continue;
    sizes[methods[index]].add(size->pages, real.sizes[index]->pages);
    (is_coarse(methods[index]) ? coarse_sizes : exact_sizes).add(size->pages, real.sizes[index]->pages);
    if (!size->height || !real.sizes[index]->height) continue;
    ++(*size->height == *real.sizes[index]->height ? heights_right : heights_wrong);
  }
}

void Scores::add_costs(const Answers& predicted, const Answers& real, const std::vector<IndexSet>& sets) {
  for (std::size_t set = 0; set < sets.size(); ++set) {
    for (std::size_t statement = 0; statement < real.costs[set].size(); ++statement) {
      if (!counts(predicted, real, set, statement)) continue;
      auto& distribution = sets[set].empty() ? base_costs : sets[set].size() == 1 ? single_costs : set_costs;
      distribution.add(*predicted.costs[set][statement], *real.costs[set][statement]);
    }
  }
}

std::vector<Miss> find_misses(const Answers& predicted, const Answers& real,
                              const std::vector<std::string>& methods) {
  std::vector<Miss> misses;
  for (std::size_t index = 0; index < real.sizes.size(); ++index) {
    const auto& ours = predicted.sizes[index];
    const auto& built = *real.sizes[index];
    if (!ours) continue;
    if (beyond(ours->pages, built.pages, is_coarse(methods[index]) ? kCoarseSizeGoal : kSizeGoal)) {
      misses.push_back({Miss::Kind::kSize, 0, index, 0, ours->pages, built.pages});
    }
    if (ours->height && built.height && *ours->height != *built.height) {
      misses.push_back({Miss::Kind::kHeight, 0, index, 0, static_cast<double>(*ours->height),
                        static_cast<double>(*built.height)});
    }
  }
  for (std::size_t set = 0; set < real.costs.size(); ++set) {
    for (std::size_t statement = 0; statement < real.costs[set].size(); ++statement) {
      if (!counts(predicted, real, set, statement)) continue;
      const double ours = *predicted.costs[set][statement];
      const double cost = *real.costs[set][statement];
      if (!beyond(ours, cost, set == 0 ? kBaseGoal : kCostGoal)) continue;
      misses.push_back({set == 0 ? Miss::Kind::kBase : Miss::Kind::kCost, set, 0, statement, ours, cost});
    }
  }
  return misses;
}

}  // namespace pgadvisor::bench
