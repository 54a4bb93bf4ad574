#include "advisor/advise.hpp"
#include "daemon/text.hpp"
#include "daemon/wire.hpp"
#include "tests/integration/clone_support.hpp"
#include "tests/support/cluster.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <algorithm>
#include <optional>

// What the advice does not propose, and why: situations in a real database, each with the reason it has to
// give.

namespace pgadvisor::advisor {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kSchema = R"SQL(
CREATE TABLE orders (id int PRIMARY KEY, customer int, session int, status text, total int, note text);
CREATE TABLE items (id int, "Product" int, price int, note text);
CREATE TABLE settings (name text, value text);
CREATE TABLE parted (id int, a int) PARTITION BY RANGE (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (1000000);
CREATE TABLE elders (id int, a int);
CREATE TABLE heirs () INHERITS (elders);
CREATE TABLE nations (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE suppliers (id int PRIMARY KEY, nation int NOT NULL);
CREATE TABLE deliveries (id int, supplier int NOT NULL, note text);
INSERT INTO orders SELECT i, i % 20000, i % 30000, CASE WHEN i % 50 = 0 THEN 'pending' ELSE 'done' END, i % 977,
  repeat('n', 40) FROM generate_series(1, 200000) i;
INSERT INTO items SELECT i, (i * 7919) % 5000, i % 100, repeat('x', 60) FROM generate_series(1, 200000) i;
INSERT INTO settings SELECT i, i FROM generate_series(1, 40) i;
INSERT INTO parted SELECT i, i FROM generate_series(1, 300000) i;
INSERT INTO heirs SELECT i, i FROM generate_series(1, 200000) i;
INSERT INTO nations SELECT i, 'nation ' || i FROM generate_series(0, 24) i;
INSERT INTO suppliers SELECT i, i % 25 FROM generate_series(0, 1999) i;
INSERT INTO deliveries SELECT i, (i * 7919::bigint) % 2000, repeat('n', 60) FROM generate_series(1, 200000) i;
)SQL";

class Alternatives : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = testing::Cluster::shared().create_database();
    testing::Cluster::shared().execute(kSchema, database_);
    testing::Cluster::shared().execute("VACUUM ANALYZE", database_);
    observation_ =
        daemon::observe(testing::Cluster::shared().dsn(database_), {}, daemon::WithActivity::kNo).value();
    twin_.emplace(
        sandbox::Database::clone(sandbox::server(), observation_->dsn, observation_->snapshot).value());
  }
  static void TearDownTestSuite() { twin_.reset(); }

  void statement(const std::string& text, double calls,
                 std::vector<workload::ParameterValues> parameters = {}) {
    workload::Statement statement;
    statement.id = "test:" + std::to_string(workload_.statements.size() + 1);
    statement.query = statement.text = text;
    statement.calls = calls;
    statement.parameters = std::move(parameters);
    workload_.statements.push_back(std::move(statement));
  }
  [[nodiscard]] Advice advice(const Options& options = {}) const {
    EXPECT_TRUE(twin_->reset());
    return advise(observation_->snapshot, workload_, *twin_, options, model::SystemClock(), {}, {}).value();
  }

  workload::Workload workload_;
  static inline std::string database_;
  static inline std::optional<daemon::Observation> observation_;
  static inline std::optional<sandbox::Database> twin_;
};

/// The one on a key; empty when there is none.
Alternative on(const Advice& advice, const std::string& key) {
  const auto found = std::ranges::find_if(advice.alternatives, [&](const auto& alternative) {
    return alternative.definition.keys.front().column == key;
  });
  return found == advice.alternatives.end() ? Alternative{} : *found;
}

UnhelpedStatement about(const Advice& advice, const std::string& query) {
  const auto found = std::ranges::find(advice.unhelped, query, &UnhelpedStatement::query);
  return found == advice.unhelped.end() ? UnhelpedStatement{} : *found;
}

constexpr const char* kByCustomer = "SELECT note FROM orders WHERE customer = $1";
constexpr const char* kByProduct = R"(SELECT note FROM items WHERE "Product" = $1)";
constexpr const char* kByPart = "SELECT id FROM parted WHERE a = $1";

/// The planner takes the probes to share the pages of 2000 suppliers' deliveries. A fifth of the suppliers
/// comes, and finds next to each page of the table once.
TEST_F(Alternatives, AnIndexWithWhichAStatementIsExpectedToBecomeSlowerIsNotProposed) {
  statement(
      "SELECT d FROM nations n JOIN suppliers s ON s.nation = n.id JOIN deliveries d ON d.supplier = s.id "
      "WHERE n.name IN ('nation 1', 'nation 2', 'nation 3', 'nation 4', 'nation 5')",
      100);
  const auto careful = advice();
  EXPECT_THAT(careful.recommendations, IsEmpty());
  const auto left_out = on(careful, "supplier");
  EXPECT_EQ(left_out.reason, "slowdown");
  EXPECT_EQ(left_out.query_id, "test:1");
  Options bold;
  bold.max_slowdown = 100;
  const auto recommendations = advice(bold).recommendations;
  ASSERT_EQ(recommendations.size(), 1u);
  EXPECT_EQ(recommendations.front().definition.keys.front().column, "supplier");
}

/// The same join, of few deliveries: reading these by an index of their own is cheaper still.
TEST_F(Alternatives, AnIndexThatKeepsTheOthersFromMakingAStatementSlowerSaysSo) {
  statement(
      "SELECT d FROM nations n JOIN suppliers s ON s.nation = n.id JOIN deliveries d ON d.supplier = s.id "
      "WHERE n.name IN ('nation 1', 'nation 2', 'nation 3', 'nation 4', 'nation 5') AND d.id < 30000",
      100);
  statement("SELECT note FROM deliveries WHERE supplier = $1", 100);
  const auto recommendations = advice().recommendations;
  ASSERT_EQ(recommendations.size(), 2u);
  for (const auto& one : recommendations) {
    const auto tells = std::ranges::count_if(one.reasons, [](const std::string& reason) {
      return reason.find("without it they are expected to make statement test:1 slower") != std::string::npos;
    });
    EXPECT_EQ(tells, one.definition.keys.front().column == "id" ? 1 : 0) << one.ddl;
  }
}

TEST_F(Alternatives, SaysWhatIsLargerThanTheBudget) {
  statement(kByCustomer, 10);
  Options options;
  options.budget = {100'000};
  const auto answer = advice(options);
  EXPECT_THAT(answer.recommendations, IsEmpty());
  const auto alternative = on(answer, "customer");
  EXPECT_EQ(alternative.reason, "budget");
  EXPECT_GT(alternative.saves_alone, 0.9);
  EXPECT_GT(alternative.size, options.budget);
  EXPECT_THAT(alternative.ddl,
              HasSubstr("CREATE INDEX CONCURRENTLY ix_orders_customer ON public.orders (customer"));
  const auto unhelped = about(answer, kByCustomer);
  EXPECT_EQ(unhelped.reason, "not_chosen");
  EXPECT_EQ(unhelped.alternative, alternative.id);
  EXPECT_NEAR(unhelped.share, 1, 1e-6);
}

TEST_F(Alternatives, SaysWhatIsLargerThanTheRestOfTheBudget) {
  statement(kByCustomer, 100);
  statement(kByProduct, 10);
  Options options;
  options.budget = {2 << 20};
  const auto answer = advice(options);
  ASSERT_EQ(answer.recommendations.size(), 1U);
  EXPECT_EQ(on(answer, "Product").reason, "rest_of_budget");
  EXPECT_THAT(on(answer, "Product").ddl, HasSubstr(R"(("Product")"));
}

TEST_F(Alternatives, SaysThatAsManyAsAllowedAreProposed) {
  statement(kByCustomer, 100);
  statement(kByProduct, 10);
  Options options;
  options.max_indexes = 1;
  const auto answer = advice(options);
  ASSERT_EQ(answer.recommendations.size(), 1U);
  EXPECT_EQ(on(answer, "Product").reason, "max_indexes");
}

TEST_F(Alternatives, SaysThatWritesCostMoreThanItSaves) {
  statement(kByCustomer, 2);
  statement("INSERT INTO orders VALUES ($1, $2, $3, $4, $5, $6)", 100'000);
  const auto answer = advice();
  EXPECT_THAT(answer.recommendations, IsEmpty());
  const auto alternative = on(answer, "customer");
  EXPECT_EQ(alternative.reason, "writes");
  EXPECT_GT(alternative.writes_share, alternative.saves_alone);
}

TEST_F(Alternatives, NamesTheProposedIndexThatServesTheSameStatements) {
  statement("SELECT note FROM orders WHERE customer = $1 AND session = $2", 10);
  statement(kByCustomer, 10);
  const auto answer = advice();
  ASSERT_EQ(answer.recommendations.size(), 1U);
  const auto alternative = on(answer, "session");
  EXPECT_EQ(alternative.reason, "served");
  EXPECT_EQ(alternative.served_by, answer.recommendations.front().index_name);
  EXPECT_THAT(alternative.message, HasSubstr(alternative.served_by));
  EXPECT_LT(alternative.saves_beside, 0.01);
  EXPECT_EQ(on(answer, "customer").id, "") << "it would differ in little from the proposed one";
}

TEST_F(Alternatives, SaysWhyNoIndexHelpsAStatement) {
  const std::map<std::string, std::string> reasons{
      {"SELECT * FROM orders", "no_condition"},
      {"SELECT * FROM orders WHERE id = $1", "served_already"},
      {"SELECT value FROM settings WHERE name = $1", "small_tables"},
      {"SELECT i FROM items i WHERE price >= 20", "most_rows"},
      {"SELECT * FROM orders WHERE total <> 5", "unservable_condition"},
      {"SELECT * FROM elders WHERE a = $1", "inherited"},
      {"INSERT INTO settings VALUES ($1, $2)", "no_table"}};
  for (const auto& [query, reason] : reasons) {
    const double calls = reason == "no_table" ? 3e6 : reason == "served_already" ? 5000 : 10;
    statement(query, reason == "small_tables" ? 30'000 : calls);
  }
  statement(kByProduct, 1);
  statement(kByPart, 1);
  const auto answer = advice();
  for (const auto& [query, reason] : reasons) EXPECT_EQ(about(answer, query).reason, reason) << query;
  EXPECT_EQ(about(answer, kByProduct).reason, "") << "an index is proposed for it";
  EXPECT_EQ(about(answer, kByPart).reason, "") << "one on the partitioned table";
}

TEST_F(Alternatives, KeepsValuesThatExecutionsWereSeenWithToItself) {
  statement("SELECT note FROM orders WHERE status = $1", 100,
            {{1, {{"'pending'", 0.98}}, "'pending'", true}});
  Options options;
  const auto proposed = advice();
  ASSERT_THAT(proposed.recommendations, Not(IsEmpty()));
  EXPECT_THAT(proposed.recommendations.front().ddl, HasSubstr("pending"));
  options.budget = {1};
  const auto answer = advice(options);
  EXPECT_THAT(answer.recommendations, IsEmpty());
  EXPECT_THAT(boost::json::serialize(daemon::to_json(answer)), Not(HasSubstr("pending")));
}

TEST_F(Alternatives, AreTheSameTwice) {
  statement(kByCustomer, 10);
  statement(kByProduct, 10);
  statement("SELECT note FROM orders WHERE customer = $1 AND session = $2", 10);
  statement("SELECT o.status, i.note FROM orders o JOIN items i ON i.id = o.id WHERE o.session = $1", 5);
  statement("SELECT * FROM orders WHERE total = $1 ORDER BY session LIMIT 5", 5);
  Options options;
  options.max_indexes = 2;
  const auto first = advice(options);
  const auto second = advice(options);
  EXPECT_THAT(first.alternatives, Not(IsEmpty()));
  EXPECT_EQ(daemon::text::not_proposed(first), daemon::text::not_proposed(second));
  EXPECT_EQ(first.planner_calls, second.planner_calls);
}

}  // namespace
}  // namespace pgadvisor::advisor
