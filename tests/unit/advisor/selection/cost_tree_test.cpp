#include "advisor/selection/cost_tree.hpp"

#include "tests/unit/advisor/selection/miniature_planner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace pgadvisor::selection {
namespace {

/// One statement whose cost is that of its cheapest possible plan.
class OneStatement {
 public:
  struct Plan {
    double cost;
    Configuration needs;
    bool refused = false;
  };

  OneStatement(std::vector<Plan> plans, int candidates, int families) : plans_(std::move(plans)) {
    problem.statements = 1;
    problem.plan = [this](std::size_t, const Configuration& c) -> model::Result<selection::Plan> {
      ++questions;
      const auto& plan = best(c);
      return selection::Plan{plan.cost, plan.needs, plan.refused};
    };
    problem.touching = [this](std::size_t) {
      Configuration all;
      for (const auto& [id, price] : problem.candidates) all.insert(id);
      return all;
    };
    for (int i = 1; i <= candidates; ++i) {
      problem.candidates[CandidateId(static_cast<unsigned>(i))] = {{1}, 0, i % families};
    }
  }

  [[nodiscard]] const Plan& best(const Configuration& visible) const {
    return *std::ranges::min_element(plans_, {}, [&](const Plan& plan) {
      return std::pair(!std::ranges::includes(visible, plan.needs), plan.cost);
    });
  }

  Problem problem;
  int questions = 0;

 private:
  std::vector<Plan> plans_;
};

TEST(CostTree, KnowsTheCostOfWhatItLearned) {
  OneStatement statement({{100, {}}, {40, set({1})}, {10, set({1, 2})}}, 3, 2);
  CostTree tree(statement.problem, 0);
  for (const auto& configuration : {set({}), set({1}), set({2}), set({1, 2}), set({1, 2, 3})}) {
    const double cost = statement.best(configuration).cost;
    EXPECT_EQ(tree.learn(configuration, 0).value(), cost);
    EXPECT_EQ(tree.bound(configuration), cost);
  }
}

TEST(CostTree, AsksNoMoreThanTheToleranceCallsFor) {
  OneStatement statement({{100, {}}, {99, set({1})}}, 2, 1);
  CostTree tree(statement.problem, 0);
  EXPECT_EQ(tree.learn({}, 200).value(), 100);
  EXPECT_EQ(statement.questions, 1) << "the cost itself; any bound is good enough";
  EXPECT_EQ(tree.learn({}, 2).value(), 100);
  EXPECT_EQ(statement.questions, 2) << "all candidates save too little to look closer";
}

TEST(CostTree, LooksNoCloserWhereAPlanSeenIsNearEnough) {
  OneStatement statement({{100, {}}, {20, set({1})}, {19, set({1, 2})}}, 3, 3);
  CostTree tree(statement.problem, 0);
  ASSERT_EQ(tree.learn(set({1}), 0).value(), 20);
  const int before = statement.questions;
  EXPECT_FALSE(tree.refine(0, set({1, 3}), 1.5).value()) << "the plan with 1 alone is there";
  EXPECT_EQ(statement.questions, before);
  EXPECT_TRUE(tree.refine(0, {}, 1.5).value()) << "no plan is known without 1";
  EXPECT_EQ(tree.bound({}), 100);
}

TEST(CostTree, AsksNobodyWhereAPlanSeenCostsWhatItMust) {
  OneStatement statement({{100, {}}, {20, set({4})}, {15, set({2})}, {10, set({1, 2})}}, 4, 5);
  CostTree tree(statement.problem, 0);
  ASSERT_TRUE(tree.refine(0, set({4}), 0).value()) << "10 with all";
  ASSERT_TRUE(tree.refine(0, set({4}), 0).value()) << "15 without 1";
  ASSERT_TRUE(tree.refine(0, set({1, 4}), 0).value()) << "20 without 2";
  EXPECT_EQ(tree.bound(set({4})), 15);
  EXPECT_EQ(statement.questions, 3);
  EXPECT_TRUE(tree.refine(0, set({4}), 0).value()) << "without both it is no less than 20, and 4 is there";
  EXPECT_EQ(tree.bound(set({4})), 20);
  EXPECT_EQ(statement.questions, 3);
}

TEST(CostTree, FindsTheRefusedPlanThatIsCheaperThanADerivedOne) {
  OneStatement statement({{100, {}}, {20, set({4})}, {19, set({3}), true}, {17, set({3, 5})}, {15, set({1})}},
                         5, 6);
  CostTree tree(statement.problem, 0);
  ASSERT_TRUE(tree.refine(0, set({4}), 0).value()) << "15 with all";
  ASSERT_TRUE(tree.refine(0, set({4}), 0).value()) << "17 without 1";
  ASSERT_TRUE(tree.refine(0, set({4}), 0).value()) << "20 without 3";
  EXPECT_EQ(tree.bound(set({3, 4})), 17);
  EXPECT_EQ(tree.learn(set({3, 4}), 4).value(), kForbidden) << "with 4 it is 20: near enough to 17";
  EXPECT_EQ(tree.bound(set({3, 4})), kForbidden);
  EXPECT_EQ(tree.bound(set({4})), 20);
}

TEST(CostTree, SpeaksForAFamilyWithOneQuestion) {
  OneStatement statement({{100, {}}, {10, set({1})}, {11, set({2})}, {12, set({3})}, {13, set({4})}}, 4, 1);
  CostTree tree(statement.problem, 0);
  EXPECT_EQ(tree.learn({}, 0).value(), 100);
  EXPECT_EQ(statement.questions, 3) << "the cost, all, and none of the family";
}

TEST(CostTree, TellsTheHighestBoundBelowEachNode) {
  OneStatement statement({{40, {}}, {39.5, set({1})}, {10, set({2})}}, 2, 2);
  CostTree tree(statement.problem, 0);
  for (const auto& configuration : {set({}), set({1}), set({2})})
    ASSERT_TRUE(tree.learn(configuration, 0).has_value());
  const auto highest = tree.highest();
  EXPECT_EQ(highest.front(), 40);
  for (std::size_t node = 1; node < highest.size(); ++node) {
    EXPECT_LE(tree.node(node).cost, highest[node]);
    EXPECT_LE(highest[node], highest[tree.node(node).parent]);
  }
}

TEST(CostTree, ForbidsConfigurationsWhosePlanIsRefused) {
  OneStatement statement({{100, {}}, {40, set({1}), true}, {10, set({1, 2})}}, 2, 1);
  CostTree tree(statement.problem, 0);
  EXPECT_EQ(tree.learn(set({1}), 0).value(), kForbidden);
  EXPECT_EQ(tree.bound(set({1})), kForbidden);
  EXPECT_EQ(tree.learn(set({1, 2}), 0).value(), 10) << "another plan is taken, and accepted";
  EXPECT_EQ(tree.learn({}, 0).value(), 100);
}

TEST(CostTree, ForbidsWhatHoldsTheCauseOfARefusal) {
  OneStatement statement({{100, {}}, {40, set({1}), true}, {30, set({1, 2}), true}}, 3, 4);
  CostTree tree(statement.problem, 0);
  ASSERT_TRUE(tree.refine(0, set({1, 2}), 0).value()) << "all";
  ASSERT_TRUE(tree.refine(0, set({2}), 0).value()) << "without 1";
  const int before = statement.questions;
  EXPECT_EQ(tree.bound(set({1})), kForbidden);
  EXPECT_EQ(tree.bound(set({1, 3})), kForbidden);
  EXPECT_EQ(tree.bound(set({2})), 100);
  EXPECT_EQ(statement.questions, before);
}

TEST(CostTree, TakesAllForTheCauseOfARefusalThatHangsOnAll) {
  for (const auto& alone : {OneStatement::Plan{40, set({1})}, OneStatement::Plan{90, set({1}), true}}) {
    OneStatement statement({{100, {}}, alone, {30, set({1, 2}), true}}, 3, 4);
    CostTree tree(statement.problem, 0);
    EXPECT_EQ(tree.learn(set({1, 2}), 0).value(), kForbidden);
    EXPECT_EQ(tree.bound(set({1, 2})), kForbidden);
    EXPECT_EQ(tree.bound(set({1})), 30) << "not known yet";
  }
}

TEST(CostTree, FindsWhatIsAcceptedBetweenTwoRefusals) {
  OneStatement statement({{100, {}}, {40, set({1}), true}, {35, set({1, 2})}, {30, set({1, 3}), true}}, 3, 4);
  CostTree tree(statement.problem, 0);
  EXPECT_EQ(tree.learn(set({1, 3}), 0).value(), kForbidden);
  EXPECT_EQ(tree.bound(set({1, 2})), kForbidden) << "so it is taken";
  EXPECT_EQ(tree.learn(set({1, 2}), 0).value(), 35);
  EXPECT_EQ(tree.bound(set({1, 2})), 35);
  EXPECT_EQ(tree.bound(set({1, 2, 3})), kForbidden);
}

TEST(CostTree, RefinesUntilTheBoundIsNearEnough) {
  for (const double tolerance : {0.0, 5.0, 50.0}) {
    OneStatement statement({{100, {}}, {80, set({1})}, {60, set({2})}, {57, set({2, 3})}, {20, set({4})}}, 4,
                           2);
    CostTree tree(statement.problem, 0);
    for (unsigned bits = 0; bits < 16; ++bits) {
      Configuration asked;
      for (unsigned i = 0; i < 4; ++i) {
        if ((bits >> i & 1U) != 0) asked.insert(CandidateId{i + 1});
      }
      while (tree.refine(0, asked, tolerance).value()) {
      }
      EXPECT_LE(tree.bound(asked), statement.best(asked).cost);
      EXPECT_GE(tree.bound(asked) + tolerance, statement.best(asked).cost);
    }
  }
}

TEST(CostTree, NeverBoundsACostFromAbove) {
  std::mt19937 random(7);
  const auto number = [&](int low, int high) { return std::uniform_int_distribution<>(low, high)(random); };
  for (int round = 0; round < 200; ++round) {
    const int candidates = number(1, 7);
    const auto any = [&] { return number(1, candidates); };
    std::vector<OneStatement::Plan> plans{{1000, {}}};
    for (int p = number(0, 12); p > 0; --p)
      plans.push_back({double(number(1, 999)), set({any(), any(), any()})});
    OneStatement statement(std::move(plans), candidates, number(1, 3));
    CostTree tree(statement.problem, 0);
    for (int question = 0; question < 12; ++question) {
      Configuration asked;
      for (int i = 1; i <= candidates; ++i) {
        if (number(0, 1) == 1) asked.merge(set({i}));
      }
      ASSERT_EQ(tree.learn(asked, 0).value(), statement.best(asked).cost);
      ASSERT_EQ(tree.bound(asked), statement.best(asked).cost);
      for (unsigned bits = 0; bits < 1U << candidates; ++bits) {
        Configuration other;
        for (int i = 0; i < candidates; ++i) {
          if ((bits >> i & 1U) != 0) other.merge(set({i + 1}));
        }
        ASSERT_LE(tree.bound(other), statement.best(other).cost);
      }
    }
  }
}

}  // namespace
}  // namespace pgadvisor::selection
