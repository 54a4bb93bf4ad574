#include "tests/integration/planner_twins.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::sandbox {
namespace {

/// `placed` and `half` are in no order, `logged` in that of the table, which the lines are in as well.
constexpr const char* kShop = R"(
CREATE EXTENSION pageinspect;
CREATE TABLE customers(id int PRIMARY KEY, segment int NOT NULL, filler text NOT NULL);
CREATE TABLE orders(id int PRIMARY KEY, customer_id int NOT NULL, placed int NOT NULL, half int NOT NULL,
                    logged int NOT NULL, filler text NOT NULL);
CREATE TABLE lines(order_id int, number int, amount int NOT NULL, filler text NOT NULL,
                   PRIMARY KEY (order_id, number));
ALTER TABLE orders ALTER customer_id SET (n_distinct = -0.1);
ALTER TABLE lines ALTER order_id SET (n_distinct = -0.25);
INSERT INTO customers SELECT i, i % 5, repeat('x', 150) FROM generate_series(1, 1500) i;
INSERT INTO orders SELECT i, 1 + i * 7919 % 1500, i * 7919 % 15000, i * 7919 % 15000 / 7500, i,
         repeat('x', 80)
  FROM generate_series(0, 14999) i;
INSERT INTO lines SELECT i / 4, i % 4, i % 977, repeat('x', 100) FROM generate_series(0, 59999) i;
)";
/// Times as many rows as there are: so many that the lines are looked up.
constexpr int kTimes = 100;

class PlannerProbes : public PlannerSession {
 protected:
  void SetUp() override {
    static const std::string database = [] {
      auto& cluster = testing::Cluster::shared();
      const auto name = cluster.create_database();
      cluster.execute(kShop, name);
      cluster.execute("VACUUM ANALYZE", name);
      cluster.execute("ALTER DATABASE \"" + name + "\" SET max_parallel_workers_per_gather = 0", name);
      return name;
    }();
    attach_to(database);
    auto sizes = sizes_of(database);
    for (auto& size : sizes) {
      size.pages *= kTimes;
      size.tuples *= kTimes;
      size.all_visible = 1;
      if (size.tree_height >= 0) ++size.tree_height;
    }
    take_sizes(sizes);
  }

  /// Of the lines that some customers ordered, where a line's order is what `order` says.
  PlanCost cost_of_lines(const std::string& condition, const std::string& order,
                         const Configuration& configuration) {
    return cost(
        "SELECT sum(l.amount) FROM customers c JOIN orders o ON o.customer_id = c.id"
        " JOIN lines l ON l.order_id = o." +
            order + " WHERE c.segment = 1 AND " + condition,
        configuration);
  }

  /// Of the plan with an index on orders: what is expected beyond its cost, as a share.
  double risk_of(const std::string& index, const std::string& condition, const std::string& order = "id") {
    const auto candidate = database_->create_candidate("CREATE INDEX ON orders " + index).value();
    EXPECT_TRUE(database_->set_size(candidate, {4000, 15000 * kTimes, 2}));
    const auto planned = cost_of_lines(condition, order, {candidate});
    EXPECT_EQ(planned.used, Configuration{candidate}) << index;
    EXPECT_TRUE(database_->drop_candidate(candidate));
    return planned.expected / planned.total - 1;
  }
};

TEST_F(PlannerProbes, CostMoreInTheOrderOfACandidateThanInThatOfTheTable) {
  EXPECT_GT(risk_of("(placed) INCLUDE (id, customer_id)", "o.placed < 7500"), 0.1);
}

TEST_F(PlannerProbes, CostTheSameInTheOrderOfACandidateThatIsTheTablesOwn) {
  EXPECT_NEAR(risk_of("(logged) INCLUDE (id, customer_id)", "o.logged < 7500"), 0, 0.01);
}

TEST_F(PlannerProbes, CostTheSameInTheOrderOfACandidateThatHasRowsOfOneKeyAsTheTableHas) {
  EXPECT_NEAR(risk_of("(half) INCLUDE (id, customer_id)", "o.half = 1"), 0, 0.01);
}

TEST_F(PlannerProbes, CostMoreWhereACandidateIsReadAgainAndAgain) {
  const std::string index = "(customer_id) INCLUDE (id, placed)";
  EXPECT_GT(risk_of(index, "c.id < 150"), risk_of(index, "c.id < 150", "placed") + 0.05);
}

/// Which is that of a table that is read whole.
TEST_F(PlannerProbes, CostTheSameIntoACandidateInItsOrder) {
  const auto candidate =
      database_->create_candidate("CREATE INDEX ON lines (order_id) INCLUDE (amount)").value();
  EXPECT_TRUE(database_->set_size(candidate, {16000, 60000 * kTimes, 2}));
  const auto planned = cost_of_lines("o.placed < 7500", "id", {candidate});
  EXPECT_EQ(planned.used, Configuration{candidate});
  EXPECT_NEAR(planned.expected / planned.total, 1, 0.01);
  const auto scattered = cost_of_lines("o.placed < 7500", "placed", {candidate});
  EXPECT_EQ(scattered.used, Configuration{candidate});
  EXPECT_GT(scattered.expected / scattered.total, 1.1);
  EXPECT_TRUE(database_->drop_candidate(candidate));
}

TEST_F(PlannerProbes, CostTheSameInTodaysPlan) {
  const auto today = cost_of_lines("o.placed < 7500", "id", {});
  EXPECT_EQ(today.expected.value, today.total.value);
}

}  // namespace
}  // namespace pgadvisor::sandbox
