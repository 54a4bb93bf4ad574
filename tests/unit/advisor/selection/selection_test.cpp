#include "advisor/selection/selection.hpp"

#include "tests/unit/advisor/selection/miniature_planner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <random>

namespace pgadvisor::selection {
namespace {

Selection run(Planner& planner, Constraints constraints = {{}, 50, 0.005}) {
  return select(planner.problem(), constraints, {}).value();
}

TEST(Selection, TakesWhatHelpsMostFirst) {
  Planner planner;
  planner.statement({{100, {}}, {10, set({1})}});
  planner.statement({{1000, {}}, {10, set({2})}});
  planner.candidate(1, kMegabyte);
  planner.candidate(2, kMegabyte);
  const auto selection = run(planner);
  ASSERT_EQ(selection.steps.size(), 2U);
  EXPECT_EQ(selection.steps[0].candidate, CandidateId{2});
  EXPECT_DOUBLE_EQ(selection.steps[0].gain, 990);
  EXPECT_DOUBLE_EQ(selection.cost_before, 1100);
  EXPECT_DOUBLE_EQ(selection.cost_after, 20);
  EXPECT_DOUBLE_EQ(selection.bound, 20);
}

TEST(Selection, LeavesWhatSavesTooLittle) {
  Planner planner;
  planner.statement({{1000, {}}, {996, set({1})}});
  planner.candidate(1, kMegabyte);
  EXPECT_TRUE(run(planner, {{}, 50, 0.005}).steps.empty());
  EXPECT_EQ(run(planner, {{}, 50, 0.003}).steps.size(), 1U);
}

TEST(Selection, MeasuresAGainAgainstWhatIsLeft) {
  Planner planner;  // one very slow statement, and another that it must not hide
  planner.statement({{1'000'000, {}}, {100, set({1})}});
  planner.statement({{1000, {}}, {10, set({2})}});
  planner.candidate(1, kMegabyte);
  planner.candidate(2, kMegabyte);
  EXPECT_EQ(chosen(run(planner)), set({1, 2}));
}

TEST(Selection, HelpsEachOfManyTables) {
  Planner planner;  // each index saves a 400th of the workload, and half of what its table's statement takes
  for (int i = 1; i <= 200; ++i) {
    planner.statement({{100, {}}, {50, set({i})}});
    planner.candidate(i, kMegabyte, 0, i, false, i);
  }
  const auto selection = run(planner, {{}, 40, 0.01});
  EXPECT_EQ(selection.steps.size(), 40U);
  EXPECT_DOUBLE_EQ(selection.bound, selection.cost_after);
}

TEST(Selection, LeavesALargeShareOfNextToNothing) {
  Planner planner;
  planner.statement({{1'000'000, {}}, {100, set({1})}, {50, set({1, 2})}});
  planner.candidate(1, kMegabyte);
  planner.candidate(2, kMegabyte);
  EXPECT_EQ(chosen(run(planner)), set({1}));
}

TEST(Selection, LeavesWhatHelpsAStatementThatHardlyMatters) {
  Planner planner;
  planner.statement({{1'000'000, {}}, {100, set({1})}});
  planner.statement({{8, {}}, {4, set({2})}});
  planner.candidate(1, kMegabyte);
  planner.candidate(2, kMegabyte);
  EXPECT_EQ(chosen(run(planner)), set({1}));
}

TEST(Selection, TakesASecondCopyOnlyWhenTheWholeWorkloadGains) {
  Planner planner;
  planner.statement({{1'000'000, {}}, {100, set({1})}});
  planner.statement({{5000, {}}, {1000, set({2})}});
  planner.candidate(1, kMegabyte);
  planner.candidate(2, kMegabyte, 0, 0, true);
  const auto without = run(planner);
  EXPECT_EQ(chosen(without), set({1}));
  EXPECT_DOUBLE_EQ(without.bound, without.cost_after) << "nothing that may be chosen is better";
  planner.candidate(2, kMegabyte);
  EXPECT_EQ(chosen(run(planner)), set({1, 2}));
}

TEST(Selection, LeavesWhatItsWritesEatUp) {
  Planner planner;
  planner.statement({{1000, {}}, {500, set({1})}});
  planner.candidate(1, kMegabyte, 600);
  EXPECT_TRUE(run(planner).steps.empty());
}

TEST(Selection, KeepsTheBudget) {
  Planner planner;
  planner.statement({{1000, {}}, {100, set({1})}, {300, set({2})}});
  planner.candidate(1, kMegabyte * 100);
  planner.candidate(2, kMegabyte * 5);
  EXPECT_EQ(chosen(run(planner, {kMegabyte * 10, 50, 0.005})), set({2}));
  EXPECT_EQ(chosen(run(planner)), set({1}));
}

TEST(Selection, KeepsTheMaximumCount) {
  Planner planner;
  for (int i = 1; i <= 5; ++i) {
    planner.statement({{100.0 * i, {}}, {1, set({i})}});
    planner.candidate(i, kMegabyte);
  }
  EXPECT_EQ(chosen(run(planner, {{}, 2, 0.005})), set({4, 5}));
}

TEST(Selection, PrefersTheLeanerOfTwoThatDoAlmostTheSame) {
  Planner planner;
  planner.statement({{1000, {}}, {100, set({1})}, {100.4, set({2})}});
  planner.candidate(1, kMegabyte * 50);
  planner.candidate(2, kMegabyte * 5);
  EXPECT_EQ(chosen(run(planner)), set({2}));
}

TEST(Selection, PrefersTheWiderOneThatHelpsAnotherStatement) {
  Planner planner;  // next to nothing of what either saves, and half of what the second statement takes
  planner.statement({{1'000'000, {}}, {100, set({1})}, {100, set({2})}});
  planner.statement({{1000, {}}, {500, set({2})}});
  planner.candidate(1, kMegabyte * 5);
  planner.candidate(2, kMegabyte * 6);
  EXPECT_EQ(chosen(run(planner)), set({2}));
}

TEST(Selection, GivesBackWhatALaterChoiceMadeUseless) {
  Planner planner;  // 3 serves both statements better than 1 alone, but 1 is taken first
  planner.statement({{1000, {}}, {100, set({1})}, {90, set({3})}});
  planner.statement({{850, {}}, {80, set({3})}});
  planner.statement({{900, {}}, {50, set({1})}, {50, set({3})}});
  planner.candidate(1, kMegabyte);
  planner.candidate(3, kMegabyte * 2);
  EXPECT_EQ(chosen(run(planner)), set({3}));
}

TEST(Selection, AnswersNothingForNothing) {
  Planner planner;
  const auto selection = run(planner);
  EXPECT_TRUE(selection.steps.empty());
  EXPECT_EQ(selection.cost_before, 0);
}

TEST(Selection, PassesOnTheErrorOfTheSandbox) {
  Planner planner;
  planner.statement({{1000, {}}});
  auto problem = planner.problem();
  problem.plan = [](std::size_t, const Configuration&) -> model::Result<Plan> {
    return model::Error{model::NextStep::kReconnect, "gone"};
  };
  const auto selection = select(problem, {}, {});
  ASSERT_FALSE(selection);
  EXPECT_EQ(selection.error().next, model::NextStep::kReconnect);
}

TEST(Selection, StopsWhenAsked) {
  Planner planner;
  planner.statement({{1000, {}}, {1, set({1})}});
  planner.candidate(1, kMegabyte);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(select(planner.problem(), {}, stop.get_token()).value().steps.empty());
}

TEST(Selection, SeesWhatManyStatementsSaveALittleEach) {
  Planner planner;  // each saves less than a thousandth of the workload's cost
  for (int i = 0; i < 5000; ++i) planner.statement({{100, {}}, {50, set({1})}});
  planner.candidate(1, kMegabyte);
  const auto selection = run(planner);
  EXPECT_EQ(chosen(selection), set({1}));
  EXPECT_DOUBLE_EQ(selection.cost_after, 250'000);
}

TEST(Selection, FindsTheSetThatNoSingleStepLeadsTo) {
  Planner planner;  // 2 and 3 fit together only; per byte, and alone, 1 looks best
  planner.statement({{1000, {}}, {600, set({1})}, {550, set({2, 3})}});
  planner.statement({{1000, {}}, {500, set({2, 3})}});
  planner.candidate(1, kMegabyte);
  planner.candidate(2, kMegabyte * 5);
  planner.candidate(3, kMegabyte * 5);
  EXPECT_EQ(chosen(run(planner, {kMegabyte * 10, 50, 0.005})), set({2, 3}));
}

TEST(Selection, TakesNoSetUnderWhichAPlanIsRefused) {
  Planner planner;  // 1 alone makes the second statement worse; with 2 beside it, it has a good plan
  planner.statement({{1000, {}}, {100, set({1})}});
  planner.statement({{500, {}}, {490, set({1}), true}, {300, set({2})}});
  planner.candidate(1, kMegabyte * 10);
  planner.candidate(2, kMegabyte * 10);
  EXPECT_EQ(chosen(run(planner, {kMegabyte * 10, 50, 0.005})), set({2}));
  EXPECT_EQ(chosen(run(planner)), set({1, 2}));
}

TEST(Selection, TakesOneOfThoseThatExcludeEachOther) {
  Planner planner;
  planner.statement({{1000, {}}, {100, set({1})}});
  planner.statement({{900, {}}, {100, set({2})}});
  planner.candidate(1, kMegabyte);
  planner.candidate(2, kMegabyte);
  EXPECT_EQ(chosen(run(planner)), set({1, 2}));
  planner.exclusive(set({1, 2}));
  EXPECT_EQ(chosen(run(planner)), set({1}));
}

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
TEST(Selection, NeverBreaksItsConstraintsNorItsBound) {
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

/// The sizes are such that no relaxation has an integral solution: the search has to branch.
TEST(Selection, KeepsItsBoundWhereItHasToBranch) {
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
