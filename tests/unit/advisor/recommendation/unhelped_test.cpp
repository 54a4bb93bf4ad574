#include "advisor/recommendation/unhelped.hpp"

#include <gmock/gmock.h>

namespace pgadvisor::recommendation {
namespace {

using sandbox::ClauseKind;
using ::testing::HasSubstr;

constexpr std::int64_t kMinPages = 1000;
const model::ObjectName kOrders{"public", "Orders"};
const model::ObjectName kSettings{"public", "settings"};

/// A large and a small table.
model::DatabaseSnapshot shop() {
  model::DatabaseSnapshot snapshot;
  model::Table orders;
  orders.name = kOrders;
  orders.pages = 5000;
  model::Table settings;
  settings.name = kSettings;
  settings.pages = 1;
  snapshot.tables = {orders, settings};
  return snapshot;
}

sandbox::Scan scan_of(const model::ObjectName& table, double rows = 1000) {
  sandbox::Scan scan;
  scan.relation = table;
  scan.tuples = 1000;
  scan.rows = rows;
  return scan;
}

sandbox::Clause clause(ClauseKind kind) {
  sandbox::Clause clause;
  clause.kind = kind;
  clause.columns = {"status"};
  return clause;
}

/// Today's plan reads all of each table.
workload::AnalysedStatement reading(std::vector<sandbox::Scan> scans) {
  workload::AnalysedStatement statement;
  auto& part = statement.parts.emplace_back();
  for (const auto& scan : scans) part.sequential.insert(scan.relation);
  part.scans.scans = std::move(scans);
  return statement;
}

std::string why(const workload::AnalysedStatement& statement,
                const model::DatabaseSnapshot& snapshot = shop()) {
  const auto reason = why_unhelped(statement, model::TableTrees(snapshot.tables), kMinPages);
  return reason ? reason->word : "";
}

TEST(WhyUnhelped, ItReadsNoTable) {
  EXPECT_EQ(why(reading({})), "no_table");
}

TEST(WhyUnhelped, ItsTablesAreTooSmall) {
  EXPECT_EQ(why(reading({scan_of(kSettings)})), "small_tables");
}

TEST(WhyUnhelped, ExistingIndexesServeIt) {
  auto scan = scan_of(kOrders, 1);
  scan.clauses = {clause(ClauseKind::kEquality)};
  auto statement = reading({scan, scan_of(kSettings)});
  EXPECT_EQ(why(statement), "") << "the table is read whole";
  statement.parts.front().sequential = {kSettings};
  statement.parts.front().indexes = {"public.orders_pkey"};
  EXPECT_EQ(why(statement), "served_already");
}

TEST(WhyUnhelped, ItHasNoConditionToIndex) {
  EXPECT_EQ(why(reading({scan_of(kOrders)})), "no_condition");
  EXPECT_THAT(why_unhelped(reading({scan_of(kOrders)}), model::TableTrees(shop().tables), kMinPages)->message,
              HasSubstr(R"(public."Orders")"));
  auto sorted = scan_of(kOrders, 10);
  sorted.orders = {{"sort", {{{"placed"}}}, true}};
  EXPECT_EQ(why(reading({sorted})), "") << "an order can be indexed";
}

TEST(WhyUnhelped, NoIndexCanSearchItsConditions) {
  auto scan = scan_of(kOrders, 10);
  scan.clauses = {clause(ClauseKind::kOther)};
  EXPECT_EQ(why(reading({scan})), "unservable_condition");
  scan.clauses.push_back(clause(ClauseKind::kEquality));
  EXPECT_EQ(why(reading({scan})), "") << "one of them can be";
}

TEST(WhyUnhelped, ItNeedsMostRows) {
  auto scan = scan_of(kOrders, 800);
  scan.clauses = {clause(ClauseKind::kRange)};
  const auto reason = why_unhelped(reading({scan}), model::TableTrees(shop().tables), kMinPages);
  ASSERT_TRUE(reason);
  EXPECT_EQ(reason->word, "most_rows");
  EXPECT_THAT(reason->message, HasSubstr("80 % of"));
  scan.limit = 10;
  EXPECT_EQ(why(reading({scan})), "") << "a limit ends it early";
  scan.limit = -1;
  scan.joins = {{{"id"}}};
  EXPECT_EQ(why(reading({scan})), "") << "a nested loop could read fewer";
}

TEST(WhyUnhelped, OtherTablesInheritFromTheOneItReads) {
  auto snapshot = shop();
  snapshot.tables.front().has_children = true;
  EXPECT_EQ(why(reading({scan_of(kOrders)}), snapshot), "inherited");
}

/// The large table in two partitions.
model::DatabaseSnapshot parted_shop(char kind) {
  auto snapshot = shop();
  auto& orders = snapshot.tables.front();
  orders.oid = model::Oid{1};
  orders.kind = 'p';
  orders.pages = 0;
  orders.has_children = true;
  for (const std::uint32_t oid : {2U, 3U}) {
    model::Table part;
    part.oid = model::Oid{oid};
    part.name = {"public", "orders_" + std::to_string(oid)};
    part.kind = kind;
    part.parent = model::Oid{1};
    part.pages = 600;
    snapshot.tables.push_back(part);
  }
  return snapshot;
}

TEST(WhyUnhelped, APartitionIsAForeignTable) {
  EXPECT_EQ(why(reading({scan_of(kOrders)}), parted_shop('f')), "foreign_partition");
}

TEST(WhyUnhelped, CountsThePartitionsOfAPartitionedTableTogether) {
  const auto snapshot = parted_shop('r');
  auto scan = scan_of(kOrders, 10);
  scan.clauses = {clause(ClauseKind::kEquality)};
  auto statement = reading({scan});
  auto& part = statement.parts.front();
  part.indexes = {"public.orders_2_pkey"};
  part.sequential = {{"public", "orders_2"}, {"public", "orders_3"}};
  EXPECT_EQ(why(statement, snapshot), "") << "all of it is read whole";
  part.sequential = {{"public", "orders_3"}};
  EXPECT_EQ(why(statement, snapshot), "served_already") << "a small part of it is";
  EXPECT_EQ(why(reading({scan_of(kOrders)}), snapshot), "no_condition");
}

TEST(WhyNotChosen, SaysWhatKeepsTheIndexesOfItsBestPlanOut) {
  constexpr model::Bytes kMegabyte{1 << 20};
  const sandbox::CandidateId chosen{1};
  const sandbox::CandidateId other{2};
  selection::Problem problem;
  problem.candidates[chosen] = {kMegabyte};
  problem.candidates[other] = {kMegabyte};
  const auto why_not = [&](const selection::Constraints& constraints, bool refused = false) {
    return why_not_chosen(problem, constraints, {chosen}, {1, {other}, refused}).word;
  };
  EXPECT_EQ(why_not({kMegabyte, 50, 0.01}), "budget");
  EXPECT_EQ(why_not({{}, 1, 0.01}), "max_indexes");
  EXPECT_EQ(why_not({kMegabyte + kMegabyte, 2, 0.01}), "not_chosen");
  EXPECT_EQ(why_not({{}, 50, 0.01}, true), "slowdown");
}

}  // namespace
}  // namespace pgadvisor::recommendation
