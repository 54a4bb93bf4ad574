#include "collectors/sql/quote.hpp"
#include "tests/integration/planner_twins.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace pgadvisor::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using PlannerScans = PlannerModule;

std::vector<std::string> described(const std::vector<Clause>& clauses) {
  std::vector<std::string> list;
  for (const auto& clause : clauses) {
    const char* kinds[] = {"equality", "in_list", "range", "null_test", "boolean", "operator", "or", "other"};
    list.push_back(std::string(kinds[static_cast<int>(clause.kind)]) + ' ' + clause.key.column +
                   clause.key.expression + ' ' + clause.op + (clause.has_parameter ? " $" : "") +
                   (clause.immutable ? " immutable" : ""));
  }
  std::sort(list.begin(), list.end());
  return list;
}

std::vector<std::string> described(const std::vector<JoinKey>& joins) {
  std::vector<std::string> list;
  for (const auto& join : joins) {
    list.push_back(join.key.column + join.key.expression + (join.also_constant ? " constant" : ""));
  }
  return list;
}

std::vector<std::string> described(const std::vector<SortKey>& order) {
  std::vector<std::string> list;
  for (const auto& key : order) {
    list.push_back(key.key.column + key.key.expression + (key.descending ? " desc" : " asc") +
                   (key.nulls_first ? " first" : " last"));
  }
  return list;
}

TEST_F(PlannerScans, SeesEqualityRangeAndOrderApart) {
  const auto scan = scan_of("orders",
                            "SELECT id, total_cents FROM orders o WHERE status = 'open' AND created_at > $1 "
                            "AND total_cents + 1 < 7 ORDER BY status, created_at DESC, id");
  EXPECT_THAT(described(scan.clauses), ElementsAre("equality status = immutable", "range created_at > $",
                                                   "range total_cents + 1 < immutable"));
  EXPECT_THAT(described(scan.order), ElementsAre("created_at desc first", "id asc last"));
  EXPECT_THAT(scan.columns, ElementsAre("created_at", "id", "status", "total_cents"));
  EXPECT_FALSE(scan.whole_row);
  EXPECT_FALSE(scan.written);
  EXPECT_EQ(scan.tuples, 60000);
  const auto status = std::find_if(scan.clauses.begin(), scan.clauses.end(),
                                   [](const Clause& clause) { return clause.key.column == "status"; });
  ASSERT_NE(status, scan.clauses.end());
  EXPECT_EQ(status->text, "status = 'open'::text");
  EXPECT_NEAR(status->selectivity, 0.02, 0.005);
}

TEST_F(PlannerScans, CommutesAValueOnTheLeft) {
  EXPECT_THAT(described(scan_of("orders", "SELECT 1 FROM orders WHERE 5 > total_cents").clauses),
              ElementsAre("range total_cents < immutable"));
}

TEST_F(PlannerScans, LooksThroughViewsToJoinColumns) {
  const std::string text = "SELECT number, email FROM open_orders WHERE at > $1 ORDER BY at DESC LIMIT 5";
  const auto orders = scan_of("orders", text);
  EXPECT_THAT(described(orders.joins), ElementsAre("customer_id"));
  EXPECT_THAT(described(orders.clauses), ElementsAre("equality status = immutable", "range created_at > $"));
  EXPECT_THAT(described(orders.order), ElementsAre("created_at desc first"));
  const auto customers = scan_of("customers", text);
  EXPECT_THAT(described(customers.joins), ElementsAre("id"));
  EXPECT_THAT(customers.order, IsEmpty());
  EXPECT_THAT(customers.columns, ElementsAre("email", "id"));
}

TEST_F(PlannerScans, MarksJoinColumnsThatAreConstantToo) {
  const std::string text = "SELECT 1 FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.id = $1";
  EXPECT_THAT(described(scan_of("orders", text).joins), ElementsAre("customer_id constant"));
  EXPECT_THAT(described(scan_of("orders", text).clauses), ElementsAre("equality customer_id = $"));
}

TEST_F(PlannerScans, JoinsTheNullableSideOfAnOuterJoinOnly) {
  const std::string text = "SELECT c.city, o.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id";
  EXPECT_THAT(described(scan_of("orders", text).joins), ElementsAre("customer_id"));
  EXPECT_THAT(scan_of("customers", text).joins, IsEmpty());
}

TEST_F(PlannerScans, TellsKindsOfClausesApart) {
  EXPECT_THAT(
      described(
          scan_of("orders", "SELECT 1 FROM orders WHERE status IN ('a', 'b') AND id = ANY($1)").clauses),
      ElementsAre("in_list id = $", "in_list status = immutable"));
  EXPECT_THAT(
      described(
          scan_of("customers",
                  "SELECT 1 FROM customers WHERE deleted_at IS NULL AND email IS NOT NULL AND NOT active")
              .clauses),
      ElementsAre("boolean active  immutable", "null_test deleted_at  immutable",
                  "null_test email  immutable"));
  EXPECT_THAT(described(scan_of("customers", "SELECT 1 FROM customers WHERE active IS NOT TRUE").clauses),
              ElementsAre("boolean active  immutable"));
  EXPECT_THAT(described(scan_of("customers", "SELECT 1 FROM customers WHERE active").clauses),
              ElementsAre("boolean active  immutable"));
  EXPECT_THAT(described(scan_of("orders",
                                "SELECT 1 FROM orders WHERE status LIKE 'a%' AND status <> 'abc' "
                                "AND (id = 3 OR total_cents = 4)")
                            .clauses),
              ElementsAre("operator status ~~ immutable", "or   immutable", "other   immutable"));
  EXPECT_THAT(described(scan_of("orders", "SELECT 1 FROM orders WHERE (created_at, id) < ($1, $2)").clauses),
              ElementsAre("range created_at < $"));
  EXPECT_THAT(described(scan_of("orders", "SELECT 1 FROM orders WHERE created_at > now()").clauses),
              ElementsAre("range created_at >"));
}

TEST_F(PlannerScans, TakesACastColumnForTheColumnAndAnotherCollationForNoPlainKey) {
  EXPECT_THAT(described(scan_of("customers", "SELECT 1 FROM customers WHERE email = 'a'").clauses),
              ElementsAre("equality email = immutable"));
  EXPECT_THAT(
      described(scan_of("customers", "SELECT 1 FROM customers WHERE city > 'a' COLLATE \"C\"").clauses),
      ElementsAre("operator city > immutable"));
  EXPECT_THAT(scan_of("customers", "SELECT 1 FROM customers ORDER BY city COLLATE \"C\"").order, IsEmpty());
}

TEST_F(PlannerScans, OffersAnImmutableExpressionAsKey) {
  const auto scan =
      scan_of("customers", "SELECT id FROM customers WHERE lower(email) = $1 ORDER BY upper(city)");
  EXPECT_THAT(described(scan.clauses), ElementsAre("equality lower((email)::text) = $"));
  EXPECT_THAT(described(scan.order), ElementsAre("upper(city) asc last"));
  const auto ix = database_->create_candidate(sql::create_index(
      {{"public", "customers"}, "btree", {{"", scan.clauses[0].key.expression}}}, "ix_lower", false));
  ASSERT_TRUE(ix) << to_string(ix.error());
  EXPECT_EQ(cost("SELECT id FROM customers WHERE lower(email) = $1", {*ix}).used, Configuration{*ix});
  EXPECT_TRUE(database_->drop_candidate(*ix));
  EXPECT_THAT(
      described(scan_of("orders", "SELECT 1 FROM orders WHERE date_trunc('day', created_at) = $1").clauses),
      ElementsAre("other   $"));
}

TEST_F(PlannerScans, SeesExistsAsAJoinAndCorrelationAsAParameter) {
  const std::string exists =
      "SELECT c.city FROM customers c WHERE EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id "
      "AND o.status = 'open')";
  EXPECT_THAT(described(scan_of("orders", exists).joins), ElementsAre("customer_id"));
  const std::string correlated =
      "SELECT (SELECT sum(o.total_cents) FROM orders o WHERE o.customer_id = c.id AND o.status = 'open') "
      "FROM customers c";
  EXPECT_THAT(described(scan_of("orders", correlated).clauses),
              ElementsAre("equality customer_id = $", "equality status = immutable"));
  EXPECT_THAT(described(scan_of("orders",
                                "SELECT o.id FROM customers c CROSS JOIN LATERAL (SELECT id FROM orders "
                                "WHERE customer_id = c.id ORDER BY created_at DESC LIMIT 3) o")
                            .clauses),
              ElementsAre("equality customer_id = $"));
  EXPECT_THAT(described(scan_of("orders",
                                "WITH c AS MATERIALIZED (SELECT id FROM customers) SELECT o.id FROM orders o "
                                "JOIN c ON c.id = o.customer_id")
                            .joins),
              ElementsAre("customer_id"));
}

TEST_F(PlannerScans, ReportsTheWriteSide) {
  const auto update = scans("UPDATE orders SET status = 'x', note = $2 WHERE id = $1");
  ASSERT_EQ(update.writes.size(), 1U);
  EXPECT_EQ(update.writes[0].command, 'u');
  EXPECT_EQ(update.writes[0].relation, (model::ObjectName{"public", "orders"}));
  EXPECT_THAT(update.writes[0].columns, ElementsAre("status", "note"));
  ASSERT_EQ(update.scans.size(), 1U);
  EXPECT_TRUE(update.scans[0].written);
  const auto removal =
      scans("WITH gone AS (DELETE FROM orders WHERE customer_id = 5 RETURNING id) SELECT * FROM gone");
  ASSERT_EQ(removal.writes.size(), 1U);
  EXPECT_EQ(removal.writes[0].command, 'd');
  EXPECT_TRUE(removal.scans.at(0).written);
  const auto insertion =
      scans("INSERT INTO customers VALUES ($1, $2, true) ON CONFLICT (id) DO UPDATE SET city = 'x'");
  ASSERT_EQ(insertion.writes.size(), 2U);
  EXPECT_EQ(insertion.writes[0].command, 'i');
  EXPECT_EQ(insertion.writes[1].command, 'u');
  EXPECT_THAT(insertion.writes[1].columns, ElementsAre("city"));
  EXPECT_THAT(insertion.scans, IsEmpty());
}

TEST_F(PlannerScans, ReportsWhatMergeWrites) {
  if (testing::tested_major() < 15) GTEST_SKIP() << "MERGE came with 15";
  const auto merge = scans(
      "MERGE INTO customers c USING orders o ON o.customer_id = c.id "
      "WHEN MATCHED THEN UPDATE SET city = 'x' WHEN NOT MATCHED THEN DO NOTHING");
  ASSERT_EQ(merge.writes.size(), 1U);
  EXPECT_EQ(merge.writes[0].command, 'm');
}

TEST_F(PlannerScans, ReportsAPartitionedTableOnceAtItsRoot) {
  const auto found = scans("SELECT payload FROM events WHERE day = $1 AND kind = $2 ORDER BY day, kind");
  ASSERT_EQ(found.scans.size(), 1U);
  EXPECT_EQ(found.scans[0].relation.name, "events");
  EXPECT_EQ(found.scans[0].tuples, 30000);
  EXPECT_THAT(described(found.scans[0].clauses), ElementsAre("equality day = $", "equality kind = $"));
  EXPECT_THAT(found.scans[0].columns, ElementsAre("day", "kind", "payload"));
}

TEST_F(PlannerScans, ReportsTheArmsOfUnionAll) {
  const auto found = scans(
      "SELECT * FROM (SELECT id, created_at AS at FROM orders UNION ALL SELECT id, deleted_at "
      "FROM customers) u WHERE at > $1");
  ASSERT_EQ(found.scans.size(), 2U);
  EXPECT_THAT(described(found.scans[0].clauses), ElementsAre("range created_at > $"));
  EXPECT_THAT(found.scans[0].columns, ElementsAre("created_at", "id"));
  EXPECT_THAT(described(found.scans[1].clauses), ElementsAre("range deleted_at > $"));
}

TEST_F(PlannerScans, NeedsTheHeapRowForLocksAndSystemColumns) {
  EXPECT_TRUE(scan_of("orders", "SELECT id FROM orders WHERE id = 1 FOR UPDATE").whole_row);
  EXPECT_TRUE(scan_of("orders", "SELECT ctid FROM orders").whole_row);
  EXPECT_TRUE(scan_of("orders", "SELECT o FROM orders o").whole_row);
  EXPECT_FALSE(scan_of("orders", "SELECT id FROM orders").whole_row);
}

TEST_F(PlannerScans, GroupsAndDistinctsAreOrdersToo) {
  EXPECT_THAT(
      described(scan_of("orders", "SELECT customer_id, count(*) FROM orders GROUP BY customer_id").order),
      ElementsAre("customer_id asc last"));
  EXPECT_THAT(described(scan_of("orders", "SELECT DISTINCT status FROM orders").order),
              ElementsAre("status asc last"));
  EXPECT_THAT(scan_of("orders", "SELECT sum(id) FROM orders ORDER BY sum(total_cents)").order, IsEmpty());
}

TEST_F(PlannerScans, QuotesHostileNamesSafely) {
  const std::string table = "Odd \"table\nname";
  const auto scan = scan_of(
      table, "SELECT \"x\ny\" FROM \"Odd \"\"table\nname\" WHERE \"a\"\"b\" = 3 AND abs(\"select\") = $1");
  EXPECT_EQ(scan.relation.name, table);
  EXPECT_THAT(described(scan.clauses),
              ElementsAre("equality a\"b = immutable", "equality abs(\"select\") = $"));
  EXPECT_THAT(scan.columns, ElementsAre("a\"b", "select", "x\ny"));
  EXPECT_EQ(scan.clauses[0].text, "\"a\"\"b\" = 3");
  const auto ix = database_->create_candidate(sql::create_index(
      {scan.relation, "btree", {{"a\"b"}, {"", "abs(\"select\")"}}, {"x\ny"}, scan.clauses[0].text},
      "ix \"odd\"", false));
  ASSERT_TRUE(ix) << to_string(ix.error());
  const auto definition = database_->definition(*ix);
  ASSERT_TRUE(definition);
  EXPECT_EQ(definition->predicate, "\"a\"\"b\" = 3");
  EXPECT_EQ(definition->include, std::vector<std::string>{"x\ny"});
  EXPECT_TRUE(database_->drop_candidate(*ix));
}

TEST_F(PlannerScans, OffersTheOrderThatMinAndMaxWouldRead) {
  bool ordered = false;
  for (const auto& scan : scans("SELECT max(total_cents) FROM orders WHERE customer_id = 5").scans) {
    ordered |= described(scan.order) == std::vector<std::string>{"total_cents desc first"};
  }
  EXPECT_TRUE(ordered);
}

TEST_F(PlannerScans, LeavesCatalogsOut) {
  EXPECT_THAT(scans("SELECT relname FROM pg_class WHERE relname = 'x'").scans, IsEmpty());
}

}  // namespace
}  // namespace pgadvisor::sandbox
