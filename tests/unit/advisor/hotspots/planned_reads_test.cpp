#include "advisor/hotspots/planned_reads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::hotspots {
namespace {

using advisor::PlannedRead;
using sandbox::ClauseKind;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

constexpr std::int64_t kMinPages = 100;

model::ObjectName name(const std::string& table) {
  return {"public", table};
}

/// The large tables `orders`, with an index on its column 1, and `parts_1` of the partitioned `parts`;
/// `kinds` is small.
class PlannedReads : public ::testing::Test {
 protected:
  PlannedReads() {
    add_table(1, "orders", 1000);
    add_table(2, "parts", 0).kind = 'p';
    add_table(3, "parts_1", 1000).parent = model::Oid{2};
    add_table(4, "kinds", 10);
    model::Index index;
    index.oid = model::Oid{10};
    index.name = name("orders_customer");
    index.table = model::Oid{1};
    index.columns = {1};
    index.is_valid = true;
    snapshot_.indexes.push_back(index);
  }

  model::Table& add_table(std::uint32_t oid, const std::string& table, std::int64_t pages) {
    auto& added = snapshot_.tables.emplace_back();
    added.oid = model::Oid{oid};
    added.name = name(table);
    added.kind = 'r';
    added.pages = pages;
    model::Column column;
    column.number = 1;
    column.name = "customer";
    added.columns.push_back(column);
    return added;
  }
  static sandbox::Scan scan(const std::string& table, double rows) {
    sandbox::Scan scan;
    scan.relation = name(table);
    scan.rows = rows;
    scan.tuples = 1000;
    return scan;
  }
  static sandbox::Clause clause(ClauseKind kind, double selectivity, const std::string& column = {}) {
    sandbox::Clause clause;
    clause.kind = kind;
    clause.key.column = column;
    clause.has_parameter = true;
    clause.selectivity = selectivity;
    return clause;
  }
  /// A statement of one part with these scans, planned with sequential scans of `sequential`.
  workload::Part& statement(std::vector<sandbox::Scan> scans, std::set<model::ObjectName> sequential) {
    auto& added = analysed_.statements.emplace_back();
    added.statement.id = std::to_string(analysed_.statements.size());
    auto& part = added.parts.emplace_back();
    part.scans.scans = std::move(scans);
    part.sequential = std::move(sequential);
    return part;
  }
  [[nodiscard]] std::vector<PlannedRead> reads() const {
    return planned_reads(analysed_, snapshot_, kMinPages);
  }
  [[nodiscard]] double share() const {
    const auto all = reads();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? -1 : all.front().share;
  }

  model::DatabaseSnapshot snapshot_;
  workload::AnalysedWorkload analysed_;
};

TEST_F(PlannedReads, AreThoseOfLargeTables) {
  statement({scan("orders", 10), scan("kinds", 10)}, {name("orders"), name("kinds")});
  EXPECT_THAT(reads(), ElementsAre(Field(&PlannedRead::table, name("orders"))));
  EXPECT_DOUBLE_EQ(reads().front().share, 0.01);
}

TEST_F(PlannedReads, OfAPartitionAreThoseOfTheScanOfItsParent) {
  statement({scan("parts", 10)}, {name("parts_1")});
  EXPECT_THAT(reads(), ElementsAre(Field(&PlannedRead::table, name("parts_1"))));
  analysed_.statements.front().parts.front().sequential.clear();
  EXPECT_THAT(reads(), IsEmpty()) << "another partition's turn";
}

TEST_F(PlannedReads, ByAnIndexNameIt) {
  auto& part = statement({scan("orders", 10)}, {});
  EXPECT_THAT(reads(), IsEmpty());
  part.indexes = {"public.orders_customer"};
  ASSERT_THAT(reads(), ElementsAre(Field(&PlannedRead::index, "public.orders_customer")));
  EXPECT_FALSE(reads().front().sequential);
}

TEST_F(PlannedReads, NameAnIndexThatCouldServeACondition) {
  auto one = scan("orders", 10);
  one.clauses = {clause(ClauseKind::kEquality, 0.01, "customer")};
  statement({one}, {name("orders")});
  EXPECT_THAT(reads(), ElementsAre(Field(&PlannedRead::index, "public.orders_customer")));
}

TEST_F(PlannedReads, OfAnythingButTheOnlyValueOfAColumnNeedTheWholeTable) {
  auto one = scan("orders", 1);
  one.clauses = {clause(ClauseKind::kOther, 0)};
  statement({one}, {name("orders")});
  EXPECT_DOUBLE_EQ(share(), 1);
}

TEST_F(PlannedReads, NeedWhatOtherConditionsLeave) {
  auto one = scan("orders", 1);
  one.clauses = {clause(ClauseKind::kOther, 0), clause(ClauseKind::kEquality, 0.02, "customer")};
  statement({one}, {name("orders")});
  EXPECT_DOUBLE_EQ(share(), 0.02);
}

TEST_F(PlannedReads, BelieveThePlannerWhereTheValueIsKnownOrAnIndexCouldServe) {
  auto literal = scan("orders", 1);
  literal.clauses = {clause(ClauseKind::kOther, 0)};
  literal.clauses.front().has_parameter = false;
  statement({literal}, {name("orders")});
  EXPECT_DOUBLE_EQ(share(), 0.001);
  auto& scan = analysed_.statements.front().parts.front().scans.scans.front();
  scan.clauses = {clause(ClauseKind::kRange, 0, "customer")};
  EXPECT_DOUBLE_EQ(share(), 0.001);
  scan.clauses = {clause(ClauseKind::kOther, 0.3)};
  EXPECT_DOUBLE_EQ(share(), 0.001);
}

}  // namespace
}  // namespace pgadvisor::hotspots
