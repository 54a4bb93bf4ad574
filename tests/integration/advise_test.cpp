#include "advisor/advise.hpp"
#include "advisor/candidates/candidates.hpp"
#include "advisor/selection/problem.hpp"
#include "advisor/whatif/candidate_set.hpp"
#include "advisor/whatif/whatif.hpp"
#include "advisor/workload/analyse.hpp"
#include "daemon/observe.hpp"
#include "daemon/wire.hpp"
#include "tests/integration/clone_support.hpp"
#include "tests/support/cluster.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <random>

namespace pgadvisor::advisor {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kSchema = R"SQL(
CREATE TABLE products (id int PRIMARY KEY, name text);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, status text, placed timestamptz, deleted_at timestamptz,
  total int);
CREATE TABLE items (order_id int NOT NULL, product_id int NOT NULL REFERENCES products, quantity int, price int,
  note text, PRIMARY KEY (order_id, product_id));
CREATE TABLE settings (name text, value text);
INSERT INTO products SELECT i, 'p' || i FROM generate_series(0, 4999) i;
INSERT INTO orders SELECT i, i % 20000, 's' || i % 4, timestamptz '2026-01-01' + i * interval '1 minute',
  CASE WHEN i % 50 <> 0 THEN now() END, i % 977 FROM generate_series(1, 200000) i;
INSERT INTO items SELECT i, (i * 7919) % 5000, i % 5, i % 100, repeat('x', 30) FROM generate_series(1, 200000) i;
INSERT INTO settings SELECT i, i FROM generate_series(1, 40) i;
)SQL";

const std::vector<std::pair<std::string, double>> kStatements{
    {"SELECT id, total FROM orders WHERE customer_id = $1 ORDER BY placed DESC LIMIT 5", 20},
    {"SELECT id FROM orders WHERE deleted_at IS NULL AND placed > $1", 10},
    {"SELECT sum(quantity * price) FROM items WHERE product_id = $1", 10},
    {"SELECT o.status, count(*) FROM orders o JOIN items i ON i.order_id = o.id WHERE i.product_id = $1 "
     "GROUP BY 1",
     5},
    {"SELECT value FROM settings WHERE name = $1", 100000},
    {"DELETE FROM products WHERE id = $1", 3},
    {"UPDATE orders SET status = $1 WHERE id = $2", 50},
    {"SELECT missing FROM nowhere", 1}};

workload::Workload the_workload() {
  workload::Workload workload;
  for (const auto& [text, calls] : kStatements) {
    workload::Statement statement;
    statement.id = "test:" + std::to_string(workload.statements.size() + 1);
    statement.query = statement.text = text;
    statement.calls = calls;
    workload.statements.push_back(statement);
  }
  return workload;
}

/// One production database and one twin of it for all tests of this file.
class Advise : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = testing::Cluster::shared().create_database();
    testing::Cluster::shared().execute(kSchema, database_);
    testing::Cluster::shared().execute("VACUUM ANALYZE", database_);
    renew_twin();
  }
  static void TearDownTestSuite() { twin_.reset(); }
  static void renew_twin() {
    twin_.reset();
    observation_ =
        daemon::observe(testing::Cluster::shared().dsn(database_), {}, daemon::WithActivity::kNo).value();
    twin_.emplace(
        sandbox::Database::clone(sandbox::server(), observation_->dsn, observation_->snapshot).value());
  }
  void SetUp() override { ASSERT_TRUE(twin_->reset()); }

  static Advice advice(const Options& options = {}) {
    EXPECT_TRUE(twin_->reset());
    const model::SystemClock clock;
    return advise(observation_->snapshot, the_workload(), *twin_, options, clock, {}, {}).value();
  }
  static std::vector<std::string> ddl(const Advice& advice) {
    std::vector<std::string> result;
    for (const auto& recommendation : advice.recommendations) result.push_back(recommendation.ddl);
    return result;
  }

  static inline std::string database_;
  static inline std::optional<daemon::Observation> observation_;
  static inline std::optional<sandbox::Database> twin_;
};

TEST_F(Advise, ProposesTheIndexOfEachStatementWithItsEvidence) {
  const auto answer = advice();
  const auto has = [&](const std::string& part) {
    return std::any_of(answer.recommendations.begin(), answer.recommendations.end(),
                       [&](const auto& entry) { return entry.ddl.find(part) != std::string::npos; });
  };
  EXPECT_TRUE(has("ON public.orders (customer_id"));
  EXPECT_TRUE(has("WHERE deleted_at IS NULL"));
  EXPECT_TRUE(has("ON public.items (product_id"));
  EXPECT_FALSE(has("settings")) << "a table of 40 rows is read whole faster";
  for (const auto& entry : answer.recommendations) {
    EXPECT_THAT(entry.statements, Not(IsEmpty())) << entry.ddl;
    EXPECT_THAT(entry.reasons, Not(IsEmpty()));
    EXPECT_GT(entry.size.value, 0);
    EXPECT_LT(entry.statements.front().cost_after, entry.statements.front().cost_before);
    EXPECT_THAT(entry.statements.front().plan_after, ::testing::HasSubstr(entry.index_name));
    EXPECT_THAT(entry.statements.front().plan_before, Not(::testing::HasSubstr(entry.index_name)));
    EXPECT_THAT(entry.rollback, ::testing::HasSubstr(entry.index_name));
  }
  EXPECT_LT(answer.cost_after, answer.cost_before);
  EXPECT_LE(answer.cost_bound, answer.cost_after);
}

TEST_F(Advise, FindsTheForeignKeyThatDeletesCheckWithoutAnIndex) {
  const auto answer = advice();
  EXPECT_TRUE(
      std::any_of(answer.recommendations.begin(), answer.recommendations.end(), [](const auto& entry) {
        return std::find(entry.kinds.begin(), entry.kinds.end(), "foreign_key") != entry.kinds.end();
      }));
}

TEST_F(Advise, SkipsWhatPostgresRefusesAndSaysWhy) {
  const auto answer = advice();
  ASSERT_EQ(answer.skipped.size(), 1U);
  EXPECT_THAT(answer.skipped.front().reason, ::testing::HasSubstr("nowhere"));
  EXPECT_EQ(answer.analysed + 1, answer.statements);
}

/// The whole answer but for the time it took.
std::string told(const Advice& advice) {
  auto answer = daemon::to_json(advice).as_object();
  answer.erase("seconds");
  answer.at("planner").as_object().erase("seconds");
  return boost::json::serialize(answer);
}

TEST_F(Advise, AnswersTheSameTwiceAndAfterARestart) {
  const auto first = told(advice());
  EXPECT_EQ(told(advice()), first);
  testing::Cluster::shared().restart();
  renew_twin();
  EXPECT_EQ(told(advice()), first);
}

TEST_F(Advise, KeepsBudgetCountAndGain) {
  Options options;
  options.budget = {6 << 20};
  EXPECT_LE(advice(options).size, options.budget);
  options = {};
  options.max_indexes = 1;
  EXPECT_EQ(advice(options).recommendations.size(), 1U);
  options = {};
  options.min_gain = 100;
  EXPECT_THAT(ddl(advice(options)), IsEmpty());
  options = {};
  options.min_table_pages = 1'000'000;
  EXPECT_THAT(ddl(advice(options)), IsEmpty());
}

TEST_F(Advise, DerivesOnlyCostsThatThePlannerWouldGive) {
  const auto workload = the_workload();
  const auto analysed = workload::analyse(workload, observation_->snapshot, *twin_, {}).value();
  const auto candidates =
      whatif::create_candidates(candidates::generate(analysed.statements, observation_->snapshot, {}),
                                "candidate", observation_->snapshot, *twin_, {})
          .value();
  ASSERT_GT(candidates.size(), 10U);
  whatif::WhatIf whatif(*twin_, analysed.statements, candidates);
  std::mt19937 random(7);
  for (int round = 0; round < 100; ++round) {
    sandbox::Configuration configuration;
    for (const auto& [id, candidate] : candidates) {
      if (random() % 3 == 0) configuration.insert(id);
    }
    for (std::size_t s = 0; s < analysed.statements.size(); ++s) {
      double asked = 0;
      for (const auto& part : analysed.statements[s].parts) {
        const std::array question{configuration};
        asked += twin_->costs(part.prepared, question).value().front().total.value * part.times;
      }
      EXPECT_NEAR(whatif.execution(s, configuration).value().cost.value, asked, 1e-6 + 0.0001 * asked);
    }
  }
}

/// The planner may find it a hair dearer when it has more to choose from.
TEST_F(Advise, NeverTakesTodaysPlanForASlowdown) {
  auto analysed = workload::analyse(the_workload(), observation_->snapshot, *twin_, {}).value();
  for (auto& statement : analysed.statements) statement.base_cost = statement.base_cost * 0.999;
  const whatif::CandidateSet none;
  whatif::WhatIf whatif(*twin_, analysed.statements, none);
  const selection::WriteModel writes(the_workload(), analysed, observation_->snapshot);
  const auto problem = selection::make_problem(whatif, none, writes, observation_->snapshot.indexes, 0);
  for (std::size_t i = 0; i < problem.statements; ++i) EXPECT_FALSE(problem.plan(i, {}).value().refused);
}

/// Last: it changes production.
TEST_F(Advise, HasNothingToAddOnceItsAdviceWasTaken) {
  const auto before = advice();
  double predicted = 0;
  for (const auto& statement : before.top_statements) predicted += statement.cost_after.value;
  for (const auto& sql : ddl(before)) testing::Cluster::shared().execute(sql, database_);
  renew_twin();
  const auto after = advice();
  EXPECT_THAT(ddl(after), IsEmpty());
  double real = 0;
  for (const auto& statement : after.top_statements) real += statement.cost_before.value;
  EXPECT_NEAR(real, predicted, 0.01 * predicted);
}

}  // namespace
}  // namespace pgadvisor::advisor
