#include "advisor/selection/selection.hpp"

#include "tests/unit/advisor/selection/miniature_planner.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::selection {
namespace {

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

}  // namespace
}  // namespace pgadvisor::selection
