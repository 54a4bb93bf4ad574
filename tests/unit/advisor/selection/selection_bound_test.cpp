#include "advisor/selection/selection.hpp"

#include "tests/unit/advisor/selection/miniature_planner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace pgadvisor::selection {
namespace {

/// By trying all of them: the lowest cost with writes of a set within the constraints, of no more indexes
/// than the selection has, less the selection's writes.
double best_of_all(Planner& planner, const Constraints& constraints, const Selection& selection) {
  const auto& candidates = planner.problem().candidates;
  const auto writes_of = [&](const Configuration& configuration) {
    double sum = 0;
    for (const auto id : configuration) sum += candidates.at(id).writes;
    return sum;
  };
  double best = std::numeric_limits<double>::infinity();
  for (unsigned bits = 0; bits < 1U << candidates.size(); ++bits) {
    Configuration configuration;
    model::Bytes size;
    for (unsigned i = 0; i < candidates.size(); ++i) {
      if ((bits >> i & 1U) == 0) continue;
      configuration.insert(CandidateId{i + 1});
      size += candidates.at(CandidateId{i + 1}).size;
    }
    if (configuration.size() > selection.steps.size() ||
        (constraints.budget.value > 0 && size > constraints.budget)) {
      continue;
    }
    const auto cost = planner.cost(configuration);
    if (cost) best = std::min(best, *cost + writes_of(configuration));
  }
  return best - writes_of(chosen(selection));
}

/// Random problems: the invariants that hold for every one of them.
TEST(SelectionBound, NeverBreaksItsConstraintsNorItsBound) {
  std::mt19937 random(42);
  const auto number = [&](int low, int high) { return std::uniform_int_distribution<>(low, high)(random); };
  for (int round = 0; round < 300; ++round) {
    Planner planner;
    const int candidates = number(1, 8);
    for (int i = 1; i <= candidates; ++i) {
      planner.candidate(i, kMegabyte * number(1, 50), number(0, 30), number(0, 3));
    }
    for (int s = number(1, 6); s > 0; --s) {
      std::vector<Planner::Plan> plans{{static_cast<double>(number(50, 1000)), {}}};
      for (int p = number(0, 6); p > 0; --p) {
        plans.push_back({static_cast<double>(number(1, 1000)),
                         set({number(1, candidates), number(1, candidates)}), number(1, 8) == 1});
      }
      planner.statement(std::move(plans));
    }
    for (int e = number(0, 2); e > 0; --e)
      planner.exclusive(set({number(1, candidates), number(1, candidates)}));
    const Constraints constraints{kMegabyte * (number(0, 1) * number(1, 100)), number(1, 5), 0.005};
    const auto selection = run(planner, constraints);
    model::Bytes size;
    double gains = 0;
    for (const auto& step : selection.steps) {
      size += planner.problem().candidates.at(step.candidate).size;
      gains += step.gain;
    }
    const auto cost = planner.cost(chosen(selection));
    ASSERT_TRUE(cost) << "a plan is refused, or two exclude each other, in round " << round;
    EXPECT_LE(std::ssize(selection.steps), constraints.max_count);
    EXPECT_TRUE(constraints.budget.value == 0 || size <= constraints.budget);
    EXPECT_NEAR(*cost, selection.cost_after, 1e-6);
    EXPECT_NEAR(selection.cost_before - gains, selection.cost_after, 1e-6);
    EXPECT_LE(selection.bound, selection.cost_after + 1e-6);
    const double best = best_of_all(planner, constraints, selection);
    EXPECT_LE(selection.bound, best + 1e-6) << "the bound is above the truth in round " << round;
    EXPECT_LE(selection.cost_after, selection.cost_before + 1e-6);
    const auto again = run(planner, constraints);
    EXPECT_EQ(chosen(again), chosen(selection)) << "another answer to the same question in round " << round;
  }
}

/// Knapsacks: the search has to branch for each of them.
TEST(SelectionBound, KeepsItsBoundWhereItHasToBranch) {
  std::mt19937 random(7);
  const auto number = [&](int low, int high) { return std::uniform_int_distribution<>(low, high)(random); };
  for (int round = 0; round < 20; ++round) {
    Planner planner;
    for (int i = 1; i <= 13; ++i) {
      planner.candidate(i, kMegabyte * number(20, 60));
      const double saved = number(100, 300);
      planner.statement({{1000, {}}, {1000 - saved, set({i})}, {950 - saved, set({i, 1 + i % 13})}});
    }
    const Constraints constraints{kMegabyte * 200, 50, 0.005};
    const auto selection = run(planner, constraints);
    const double best = best_of_all(planner, constraints, selection);
    EXPECT_LE(selection.bound, best + 1e-6) << "the bound is above the truth in round " << round;
    EXPECT_LE(selection.cost_after, best * 1.02)
        << "farther from the best than acceptable in round " << round;
  }
}

}  // namespace
}  // namespace pgadvisor::selection
