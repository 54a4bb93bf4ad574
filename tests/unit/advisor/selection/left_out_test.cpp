#include "advisor/selection/left_out.hpp"

#include "tests/unit/advisor/selection/miniature_planner.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::selection {
namespace {

std::vector<LeftOut> left_out_by(Planner& planner, const Constraints& constraints = {{}, 50, 0.01}) {
  const auto& problem = planner.problem();
  const auto selection = select(problem, constraints, {}).value();
  return left_out(problem, selection, constraints, {}).value();
}

/// The reason why the only one left out is.
Obstacle only(Planner& planner, const Constraints& constraints = {{}, 50, 0.01}) {
  const auto list = left_out_by(planner, constraints);
  EXPECT_EQ(list.size(), 1U);
  return list.empty() ? Obstacle::kGap : list.front().obstacle;
}

TEST(LeftOut, IsNothingWhereAllThatIsStrongIsChosen) {
  Planner planner;
  planner.statement({{100, {}}, {10, set({1})}, {99.9, set({2})}});
  planner.candidate(1, kMegabyte, 0, 1);
  planner.candidate(2, kMegabyte, 0, 2);
  EXPECT_TRUE(left_out_by(planner).empty());
}

TEST(LeftOut, IsLargerThanTheBudget) {
  Planner planner;
  planner.statement({{100, {}}, {10, set({1})}});
  planner.candidate(1, kMegabyte * 2);
  EXPECT_EQ(only(planner, {kMegabyte, 50, 0.01}), Obstacle::kBudget);
}

TEST(LeftOut, IsLargerThanTheRestOfTheBudget) {
  Planner planner;
  planner.statement({{1000, {}}, {10, set({1})}});
  planner.statement({{100, {}}, {10, set({2})}});
  planner.candidate(1, kMegabyte, 0, 1);
  planner.candidate(2, kMegabyte, 0, 2);
  const auto list = left_out_by(planner, {kMegabyte, 50, 0.01});
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].candidate, CandidateId{2});
  EXPECT_EQ(list[0].obstacle, Obstacle::kRestOfBudget);
  EXPECT_DOUBLE_EQ(list[0].alone, 90);
  EXPECT_DOUBLE_EQ(list[0].beside, 90);
}

TEST(LeftOut, CostsMoreWritesThanItSaves) {
  Planner planner;
  planner.statement({{100, {}}, {10, set({1})}});
  planner.candidate(1, kMegabyte, 95);
  EXPECT_EQ(only(planner), Obstacle::kWrites);
}

TEST(LeftOut, CostsSoManyWritesThatTooLittleIsLeft) {
  Planner planner;
  planner.statement({{100, {}}, {10, set({1})}});
  planner.candidate(1, kMegabyte, 89.5);
  EXPECT_EQ(only(planner), Obstacle::kWrites);
}

TEST(LeftOut, IsServedByTheChosenOneThatItsStatementsUse) {
  Planner planner;
  planner.statement({{1000, {}}, {10, set({1})}, {20, set({2})}});
  planner.candidate(1, kMegabyte, 0, 1);
  planner.candidate(2, kMegabyte, 0, 2);
  const auto list = left_out_by(planner);
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].obstacle, Obstacle::kServed);
  EXPECT_EQ(list[0].server, CandidateId{1});
  EXPECT_DOUBLE_EQ(list[0].alone, 980);
  EXPECT_DOUBLE_EQ(list[0].beside, 0);
}

TEST(LeftOut, SavesTooLittleBesideOneOfAnotherTable) {
  Planner planner;  // either side of a join
  planner.statement({{1000, {}}, {10, set({1})}, {20, set({2})}});
  planner.candidate(1, kMegabyte, 0, 1, false, 0);
  planner.candidate(2, kMegabyte, 0, 2, false, 1);
  EXPECT_EQ(only(planner), Obstacle::kTooLittle);
}

TEST(LeftOut, IsServedByTheOneThatNobodyWouldHaveBesideIt) {
  Planner planner;  // (a, b) saves a little more than (a), which costs fewer writes
  planner.statement({{1000, {}}, {100, set({1})}, {99, set({2})}});
  planner.candidate(1, kMegabyte, 0, 1);
  planner.candidate(2, kMegabyte * 2, 0, 1);
  planner.exclusive(set({1, 2}));
  const auto list = left_out_by(planner);
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].obstacle, Obstacle::kServed);
  EXPECT_EQ(list[0].server, CandidateId{1});
  EXPECT_DOUBLE_EQ(list[0].beside, 1) << "in its place";
}

TEST(LeftOut, CouldSlowAStatementDown) {
  Planner planner;
  planner.statement({{100, {}}, {10, set({1})}});
  planner.statement({{100, {}}, {50, set({1}), true}});
  planner.candidate(1, kMegabyte);
  const auto list = left_out_by(planner);
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].obstacle, Obstacle::kSlowdown);
  EXPECT_EQ(list[0].slowed, 1U);
}

TEST(LeftOut, IsOneMoreThanAllowed) {
  Planner planner;
  planner.statement({{1000, {}}, {10, set({1})}});
  planner.statement({{500, {}}, {10, set({2})}});
  planner.candidate(1, kMegabyte, 0, 1);
  planner.candidate(2, kMegabyte, 0, 2);
  EXPECT_EQ(only(planner, {{}, 1, 0.01}), Obstacle::kMaxCount);
}

TEST(LeftOut, NamesTheStrongestFirst) {
  Planner planner;
  for (int i = 1; i <= 30; ++i) {
    planner.statement({{100.0 * i, {}}, {1, set({i})}});
    planner.candidate(i, kMegabyte, 0, i);
  }
  const auto list = left_out_by(planner, {{}, 1, 0.001});
  ASSERT_EQ(list.size(), 20U) << "the chosen one is 30";
  EXPECT_EQ(list.front().candidate, CandidateId{29});
  EXPECT_EQ(list.back().candidate, CandidateId{10});
}

TEST(LeftOut, NamesOneOfThoseThatBeginAlike) {
  Planner planner;
  planner.statement({{1000, {}}, {10, set({1})}});
  planner.statement({{500, {}}, {10, set({2})}, {20, set({3})}});
  planner.statement({{50, {}}, {10, set({3})}});
  planner.candidate(1, kMegabyte, 0, 1);
  planner.candidate(2, kMegabyte, 0, 2);
  planner.candidate(3, kMegabyte, 0, 2);
  const auto list = left_out_by(planner, {{}, 1, 0.01});
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].candidate, CandidateId{2});
}

TEST(LeftOut, NamesTheOneThatWouldFitTheBudgetRatherThanALargerOne) {
  Planner planner;
  planner.statement({{1000, {}}, {10, set({1})}});
  planner.statement({{500, {}}, {10, set({2})}, {20, set({3})}});
  planner.candidate(1, kMegabyte, 0, 1);
  planner.candidate(2, kMegabyte * 9, 0, 2);
  planner.candidate(3, kMegabyte, 0, 2);
  const auto list = left_out_by(planner, {kMegabyte, 50, 0.01});
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].candidate, CandidateId{3});
  EXPECT_EQ(list[0].obstacle, Obstacle::kRestOfBudget);
}

TEST(LeftOut, IsSilentAboutOtherIncludedColumnsOfAChosenOne) {
  Planner planner;
  planner.statement({{1000, {}}, {10, set({1})}, {12, set({2})}});
  planner.candidate(1, kMegabyte, 0, 1);
  planner.candidate(2, kMegabyte, 0, 1);
  planner.alike(set({1, 2}));
  planner.exclusive(set({1, 2}));
  EXPECT_TRUE(left_out_by(planner).empty());
}

TEST(LeftOut, IsTheSameTwice) {
  Planner planner;
  for (int i = 1; i <= 9; ++i) {
    planner.statement({{100, {}}, {10, set({i})}, {20, set({i % 9 + 1})}});
    planner.candidate(i, kMegabyte, 0, i);
  }
  const Constraints constraints{kMegabyte * 4, 50, 0.01};
  const auto first = left_out_by(planner, constraints);
  const auto second = left_out_by(planner, constraints);
  ASSERT_EQ(first.size(), second.size());
  EXPECT_FALSE(first.empty());
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].candidate, second[i].candidate);
}

}  // namespace
}  // namespace pgadvisor::selection
