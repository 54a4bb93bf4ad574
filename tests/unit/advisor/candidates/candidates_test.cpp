#include "advisor/candidates/candidates.hpp"

#include "tests/unit/advisor/candidates/definitions.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace pgadvisor::candidates {
namespace {

using model::IndexDefinition;
using sandbox::Clause;
using sandbox::ClauseKind;
using sandbox::Scan;
using testing::Contains;
using testing::Each;
using testing::Field;
using testing::IsEmpty;
using testing::Not;

model::Table orders(std::int64_t pages = 20000) {
  model::Table table;
  table.oid = model::Oid{1};
  table.name = kOrders;
  table.pages = pages;
  const std::vector<std::string> names{"id", "customer_id", "status", "created_at", "deleted_at", "total"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    model::Column column;
    column.number = static_cast<std::int16_t>(i + 1);
    column.name = names[i];
    table.columns.push_back(column);
  }
  return table;
}

Clause equality(const std::string& column) {
  Clause clause;
  clause.kind = ClauseKind::kEquality;
  clause.key = {column};
  clause.text = column + " = $1";
  clause.columns = {column};
  clause.has_parameter = true;
  return clause;
}

Clause not_deleted() {
  Clause clause;
  clause.kind = ClauseKind::kNullTest;
  clause.key = {"deleted_at"};
  clause.text = "deleted_at IS NULL";
  clause.columns = {"deleted_at"};
  clause.immutable = true;
  return clause;
}

Scan scan_of(std::vector<Clause> clauses, std::vector<std::string> columns) {
  Scan scan;
  scan.relation = kOrders;
  scan.clauses = std::move(clauses);
  scan.columns = std::move(columns);
  std::ranges::sort(scan.columns);
  scan.output = scan.columns;
  return scan;
}

TEST(Candidates, IncludesTheOtherColumnsNeeded) {
  const auto found = for_scan(scan_of({equality("customer_id")}, {"customer_id", "total"}), orders(), {}, {});
  EXPECT_THAT(found, Contains(IndexDefinition{kOrders, "btree", {{"customer_id"}}, {"total"}, ""}));
}

TEST(Candidates, IncludesNothingWhereTheHeapRowIsNeededAnyway) {
  auto scan = scan_of({equality("customer_id")}, {"customer_id", "total"});
  scan.written = true;
  EXPECT_THAT(for_scan(scan, orders(), {}, {}), Each(Field(&IndexDefinition::include, IsEmpty())));
  scan.written = false;
  scan.whole_row = true;
  EXPECT_THAT(for_scan(scan, orders(), {}, {}), Each(Field(&IndexDefinition::include, IsEmpty())));
}

TEST(Candidates, IncludesNothingWhenThatWouldCopyTheTable) {
  std::vector<std::string> wide{"customer_id"};
  for (int i = 0; i < 7; ++i) wide.push_back("c" + std::to_string(i));
  EXPECT_THAT(for_scan(scan_of({equality("customer_id")}, wide), orders(), {}, {}),
              Each(Field(&IndexDefinition::include, IsEmpty())));
}

TEST(Candidates, OffersAPartialIndexForAConstantThatSurvivesNormalisation) {
  const auto found =
      for_scan(scan_of({equality("customer_id"), not_deleted()}, {"customer_id"}), orders(), {}, {});
  EXPECT_THAT(found,
              Contains(IndexDefinition{kOrders, "btree", {{"customer_id"}}, {}, "deleted_at IS NULL"}));
}

TEST(Candidates, OffersNoPartialIndexForAParameterWhoseValuesAreUnknown) {
  EXPECT_THAT(for_scan(scan_of({equality("status"), equality("customer_id")}, {"status"}), orders(), {}, {}),
              Each(Field(&IndexDefinition::predicate, IsEmpty())));
}

TEST(Candidates, IncludesNoColumnThatThePredicateAloneNeeds) {
  auto scan = scan_of({equality("customer_id"), not_deleted()}, {"customer_id", "deleted_at", "total"});
  scan.output = {"total"};
  const auto found = for_scan(scan, orders(), {}, {});
  EXPECT_THAT(
      found, Contains(IndexDefinition{kOrders, "btree", {{"customer_id"}}, {"total"}, "deleted_at IS NULL"}));
  EXPECT_THAT(found,
              Contains(IndexDefinition{kOrders, "btree", {{"customer_id"}}, {"deleted_at", "total"}, ""}));
}

TEST(Candidates, FindsAKeyForAPredicateThatStandsAlone) {
  const auto found = for_scan(scan_of({not_deleted()}, {"deleted_at", "total"}), orders(), {}, {});
  EXPECT_THAT(found, Contains(IndexDefinition{kOrders, "btree", {{"total"}}, {}, "deleted_at IS NULL"}));
}

class Generate : public testing::Test {
 protected:
  [[nodiscard]] std::set<IndexDefinition> generated() const { return generate(statements_, snapshot_, {}); }
  void SetUp() override {
    snapshot_.tables = {orders()};
    workload::Part part;
    part.scans.scans = {scan_of({equality("customer_id")}, {"customer_id"})};
    statements_.resize(1);
    statements_[0].parts = {part};
  }
  model::DatabaseSnapshot snapshot_;
  std::vector<workload::AnalysedStatement> statements_;
};

TEST_F(Generate, TakesTheScansOfEveryPart) {
  EXPECT_THAT(generated(), Not(IsEmpty()));
}

TEST_F(Generate, LeavesSmallTablesAlone) {
  snapshot_.tables = {orders(999)};
  EXPECT_THAT(generated(), IsEmpty());
  snapshot_.tables = {orders(1000)};
  EXPECT_THAT(generated(), Not(IsEmpty()));
}

TEST_F(Generate, LeavesWhatAnExistingIndexServes) {
  model::Index existing;
  existing.definition = IndexDefinition{kOrders, "btree", {{"customer_id"}}};
  snapshot_.indexes = {existing};
  EXPECT_THAT(generated(), IsEmpty());
}

/// Orders in so many partitions.
std::vector<model::Table> parted_orders(std::int64_t pages, std::uint32_t count = 3) {
  auto parent = orders(0);
  parent.kind = 'p';
  parent.has_children = true;
  std::vector<model::Table> tables{parent};
  for (std::uint32_t i = 0; i < count; ++i) {
    auto part = orders(pages);
    part.oid = model::Oid{10 + i};
    part.name.name = "orders_" + std::to_string(i);
    part.parent = parent.oid;
    tables.push_back(part);
  }
  return tables;
}

TEST_F(Generate, CountsThePartitionsOfAPartitionedTableTogether) {
  snapshot_.tables = parted_orders(333);
  EXPECT_THAT(generated(), IsEmpty());
  snapshot_.tables = parted_orders(334);
  EXPECT_THAT(generated(), Contains(IndexDefinition{kOrders, "btree", {{"customer_id"}}}));
  EXPECT_THAT(generated(), Each(Field(&IndexDefinition::table, kOrders)));
}

TEST_F(Generate, TakesAPartitionThatAStatementNamesForATableOfItsOwn) {
  snapshot_.tables = parted_orders(1000);
  auto& scan = statements_[0].parts[0].scans.scans[0];
  scan.relation = snapshot_.tables[1].name;
  EXPECT_THAT(generated(), Contains(IndexDefinition{scan.relation, "btree", {{"customer_id"}}}));
  EXPECT_THAT(generated(), Each(Field(&IndexDefinition::table, scan.relation)));
}

TEST_F(Generate, LeavesTreesThatAnIndexCannotCover) {
  snapshot_.tables = {orders()};
  snapshot_.tables[0].has_children = true;
  EXPECT_THAT(generated(), IsEmpty()) << "children that inherit";
  snapshot_.tables = parted_orders(1000);
  snapshot_.tables[2].kind = 'f';
  EXPECT_THAT(generated(), IsEmpty()) << "a foreign partition";
  snapshot_.tables = parted_orders(1000, 0);
  EXPECT_THAT(generated(), IsEmpty()) << "no partitions";
}

TEST_F(Generate, LeavesAPartitionedTableWhosePartitionsAllHaveTheIndex) {
  snapshot_.tables = parted_orders(1000);
  for (std::size_t i = 1; i < snapshot_.tables.size(); ++i) {
    EXPECT_THAT(generated(), Not(IsEmpty())) << "one has none";
    model::Index existing;
    existing.definition = IndexDefinition{snapshot_.tables[i].name, "btree", {{"customer_id"}, {"total"}}};
    snapshot_.indexes.push_back(existing);
  }
  EXPECT_THAT(generated(), IsEmpty());
}

TEST_F(Generate, FollowsTheOrderOfThePartitionsRowsForBrin) {
  snapshot_.tables = parted_orders(6000);
  auto& clause = statements_[0].parts[0].scans.scans[0].clauses[0];
  clause.supports = {{"btree", ""}};
  const IndexDefinition brin{kOrders, "brin", {{"customer_id"}}};
  EXPECT_THAT(generated(), Not(Contains(brin)));
  model::ColumnStatistics statistics;
  statistics.relation = snapshot_.tables[1].name;
  statistics.column = "customer_id";
  statistics.correlation = 1;
  snapshot_.column_statistics = {statistics};
  EXPECT_THAT(generated(), Contains(brin));
}

TEST_F(Generate, LeavesTablesThatWereNotSeen) {
  snapshot_.tables.clear();
  EXPECT_THAT(generated(), IsEmpty());
}

}  // namespace
}  // namespace pgadvisor::candidates
