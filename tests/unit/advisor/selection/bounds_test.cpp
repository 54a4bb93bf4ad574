#include "advisor/selection/bounds.hpp"

#include "tests/unit/advisor/selection/miniature_planner.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <stop_token>

namespace pgadvisor::selection {
namespace {

/// Counts the questions about each statement.
struct TwoStatements {
  TwoStatements() {
    planner.candidate(1, kMegabyte);
    planner.candidate(2, kMegabyte);
    planner.statement({{100, {}}, {10, set({1})}});
    planner.statement({{50, {}}, {45, set({2})}});
    problem = planner.problem();
    problem.plan = [this, plan = problem.plan](std::size_t statement, const Configuration& configuration) {
      ++questions[statement];
      return plan(statement, configuration);
    };
  }
  Planner planner;
  Problem problem;
  std::vector<int> questions = {0, 0};
};

TEST(WorkloadBounds, AsksNoMoreThanItTakesToTellThatAConfigurationIsTooDear) {
  TwoStatements two;
  Bounds bounds(two.problem);
  EXPECT_EQ(bounds.learn({}, 90, 0, {}).value(), 100) << "what the first one costs is more than enough";
  EXPECT_EQ(two.questions[1], 0);
  EXPECT_EQ(bounds.bound({}), 100);
}

TEST(WorkloadBounds, AsksNothingWhereWhatIsKnownTells) {
  TwoStatements two;
  Bounds bounds(two.problem);
  constexpr double kNever = std::numeric_limits<double>::infinity();
  ASSERT_EQ(bounds.learn({}, kNever, 0, {}).value(), 150);
  ASSERT_EQ(bounds.learn(set({1, 2}), kNever, 0, {}).value(), 55);
  two.questions = {0, 0};
  EXPECT_EQ(bounds.learn(set({1}), 60, 0, {}).value(), 60) << "10 with 1, 50 without 2";
  EXPECT_EQ(two.questions, (std::vector{0, 0}));
}

TEST(WorkloadBounds, AnswersTheTrueCostOfWhatIsCheapEnough) {
  TwoStatements two;
  Bounds bounds(two.problem);
  EXPECT_EQ(bounds.learn(set({1}), 61, 0, {}).value(), 60);
  EXPECT_EQ(bounds.bound(set({1})), 60);
}

TEST(WorkloadBounds, KnowsCostsBesideWhatIsForbidden) {
  Planner planner;
  planner.candidate(1, kMegabyte);
  planner.candidate(2, kMegabyte);
  planner.statement({{7, {}}, {5, set({2})}});
  planner.statement({{9, {}}, {8, set({1}), true}});
  planner.statement({{9, {}}, {8, set({2}), true}});
  Bounds bounds(planner.problem());
  for (const auto& known : {set({1}), set({2})}) {
    for (std::size_t statement = 0; statement < 3; ++statement) {
      const Nodes nodes{{statement, {{0, 1}}}};
      while (bounds.refine(nodes, known, 0, {}).value() > 0) {
      }
    }
  }
  EXPECT_EQ(bounds.rise(set({1}), set({2}), set({1, 2})), (Rise{0, -2}));
  EXPECT_EQ(bounds.rise({}, set({2}), set({2})), (Rise{1, -2 - 9}));
  EXPECT_GT((Rise{1, -11}), (Rise{0, 1e9}));
}

}  // namespace
}  // namespace pgadvisor::selection
