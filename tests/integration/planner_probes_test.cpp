#include "tests/integration/planner_twins.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::sandbox {
namespace {

/// `placed` is in no order, `logged` in that of the table, which the lines are in as well.
constexpr const char* kShop = R"(
CREATE EXTENSION pageinspect;
CREATE TABLE customers(id int PRIMARY KEY, segment int NOT NULL, filler text NOT NULL);
CREATE TABLE orders(id int PRIMARY KEY, customer_id int NOT NULL, placed int NOT NULL, logged int NOT NULL,
                    filler text NOT NULL);
CREATE TABLE lines(order_id int, number int, amount int NOT NULL, filler text NOT NULL,
                   PRIMARY KEY (order_id, number));
ALTER TABLE orders ALTER customer_id SET (n_distinct = -0.1);
ALTER TABLE lines ALTER order_id SET (n_distinct = -0.25);
INSERT INTO customers SELECT i, i % 5, repeat('x', 150) FROM generate_series(1, 1500) i;
INSERT INTO orders SELECT i, 1 + i * 7919 % 1500, i * 7919 % 15000, i, repeat('x', 80)
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

  /// Of the lines that some customers ordered in half of the time.
  PlanCost cost_of_half(const std::string& time, const Configuration& configuration) {
    return cost(
        "SELECT sum(l.amount) FROM customers c JOIN orders o ON o.customer_id = c.id"
        " JOIN lines l ON l.order_id = o.id WHERE c.segment = 1 AND o." +
            time + " < 7500",
        configuration);
  }

  /// Of the plan with an index on the time: what probes that share nothing would cost more, as a share.
  double risk_of_index_on(const std::string& time) {
    const auto candidate =
        database_->create_candidate("CREATE INDEX ON orders (" + time + ") INCLUDE (id, customer_id)")
            .value();
    EXPECT_TRUE(database_->set_size(candidate, {4000, 15000 * kTimes, 2}));
    const auto planned = cost_of_half(time, {candidate});
    EXPECT_EQ(planned.used, Configuration{candidate}) << time;
    EXPECT_TRUE(database_->drop_candidate(candidate));
    return planned.unshared / planned.total - 1;
  }
};

TEST_F(PlannerProbes, CostMoreInTheOrderOfACandidateThanInThatOfTheTable) {
  EXPECT_GT(risk_of_index_on("placed"), 0.3);
}

TEST_F(PlannerProbes, CostTheSameInTheOrderOfACandidateThatIsTheTablesOwn) {
  EXPECT_NEAR(risk_of_index_on("logged"), 0, 0.01);
}

TEST_F(PlannerProbes, CostTheSameInTodaysPlan) {
  const auto today = cost_of_half("placed", {});
  EXPECT_EQ(today.unshared.value, today.total.value);
}

}  // namespace
}  // namespace pgadvisor::sandbox
