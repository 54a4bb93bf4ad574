#include "advisor/candidates/candidates.hpp"

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

const model::ObjectName kOrders{"public", "orders"};

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

TEST_F(Generate, LeavesTablesThatWereNotSeen) {
  snapshot_.tables.clear();
  EXPECT_THAT(generated(), IsEmpty());
}

}  // namespace
}  // namespace pgadvisor::candidates
