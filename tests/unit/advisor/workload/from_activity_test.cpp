#include "advisor/workload/workload.hpp"

#include <gmock/gmock.h>

namespace pgadvisor::workload {
namespace {

model::StatementActivity entry(std::int64_t id, const std::string& text, std::int64_t calls,
                               double milliseconds) {
  model::StatementActivity result;
  result.key.query_id = model::QueryId{id};
  result.text = text;
  result.counters.calls = calls;
  result.counters.total_time = model::Milliseconds(milliseconds);
  result.counters.rows = calls * 2;
  return result;
}

Workload of(std::vector<model::StatementActivity> statements) {
  model::DatabaseActivity activity;
  activity.statements = std::move(statements);
  return from_activity(activity);
}

TEST(FromActivity, PutsTheHeaviestStatementFirst) {
  const auto workload =
      of({entry(1, "select a from t where b = $1", 10, 5), entry(2, "select c from t", 1, 50)});
  ASSERT_EQ(workload.statements.size(), 2U);
  EXPECT_EQ(workload.statements[0].id, "2");
  EXPECT_DOUBLE_EQ(*workload.statements[1].rows_per_call, 2);
}

TEST(FromActivity, AddsUpInListsOfAnyLength) {
  const auto workload = of({entry(1, "select a from t where b in ($1, $2)", 10, 5),
                            entry(2, "select a from t where b in ($1, $2, $3)", 30, 7)});
  ASSERT_EQ(workload.statements.size(), 1U);
  EXPECT_EQ(workload.statements[0].id, "2");
  EXPECT_DOUBLE_EQ(workload.statements[0].calls, 40);
  EXPECT_DOUBLE_EQ(workload.statements[0].time->count(), 12);
}

TEST(FromActivity, LeavesUtilityStatementsAside) {
  const auto workload = of({entry(1, "vacuum t", 1, 100)});
  EXPECT_TRUE(workload.statements.empty());
  EXPECT_TRUE(workload.skipped.empty());
}

TEST(FromActivity, SaysWhichStatementsItCannotRead) {
  const auto workload = of({entry(-7, "", 3, 9), entry(8, "select from from where", 3, 9)});
  ASSERT_EQ(workload.skipped.size(), 2U);
  EXPECT_EQ(workload.skipped[0].query_id, "-7");
  EXPECT_THAT(workload.skipped[0].reason, testing::HasSubstr("text"));
}

TEST(FromActivity, DoesNotCountForeignKeyChecksTwice) {
  auto check =
      entry(1, R"(SELECT 1 FROM ONLY "public"."items" x WHERE $1 = "product_id" FOR KEY SHARE OF x)", 5, 5);
  check.key.toplevel = false;
  EXPECT_TRUE(of({check}).statements.empty());
}

TEST(FromActivity, PlansALimitWithTheRowsItLetThrough) {
  auto limited = entry(1, "select a from t order by a limit $1", 10, 5);
  limited.counters.rows = 195;
  auto paged = entry(2, "select b from t order by b LIMIT $1 OFFSET $2", 10, 4);
  paged.counters.rows = 0;
  auto inner = entry(3, "select a from (select a from t limit $1) s where a = $2", 10, 3);
  const auto workload = of({limited, paged, inner});
  EXPECT_EQ(workload.statements[0].text, "select a from t order by a limit 20");
  EXPECT_EQ(workload.statements[0].query, "select a from t order by a limit $1");
  EXPECT_EQ(workload.statements[1].text, "select b from t order by b LIMIT 1 OFFSET $2");
  EXPECT_EQ(workload.statements[2].text, inner.text);
}

TEST(FromActivity, TellsWhatBecameOfTheWindowsTime) {
  auto check =
      entry(1, R"(SELECT 1 FROM ONLY "public"."items" x WHERE $1 = "product_id" FOR KEY SHARE OF x)", 5, 5);
  check.key.toplevel = false;
  model::DatabaseActivity activity;
  activity.statements = {entry(2, "select a from t", 1, 60), entry(3, "", 1, 20),
                         entry(4, "select from from", 1, 10), entry(5, "vacuum t", 1, 3), check};
  activity.utility_statements = 2;
  activity.utility_time = model::Milliseconds(7);
  activity.evictions = 9;
  const auto coverage = *from_activity(activity).coverage;
  EXPECT_DOUBLE_EQ(coverage.total.count(), 100)
      << "a check runs within the time of the statement that fires it";
  EXPECT_EQ(coverage.evictions, 9);
  std::map<std::string, std::pair<std::size_t, double>> rest;
  for (const auto& part : coverage.rest) rest[part.reason] = {part.statements, part.time.count()};
  const decltype(rest) expected{
      {"unknown_text", {1, 20.0}}, {"unparsable", {1, 10.0}}, {"utility", {3, 10.0}}};
  EXPECT_EQ(rest, expected);
}

TEST(FromActivity, GivesEachStatementTheValuesSampledOfIt) {
  model::DatabaseActivity activity;
  activity.statements = {entry(1, "select a from t where b in ($1, $2) and c = $3", 10, 5)};
  activity.samples = {{"select a from t where b in ( ? ) and c = ?", 1, {{"'x'", 30}}, 10}};
  const auto workload = from_activity(activity);
  ASSERT_EQ(workload.statements[0].parameters.size(), 1U);
  EXPECT_EQ(workload.statements[0].parameters[0].position, 3);
  EXPECT_DOUBLE_EQ(workload.statements[0].parameters[0].values[0].share, 0.75);
}

TEST(FromActivity, LeavesStatementsThatDidNotRun) {
  EXPECT_TRUE(of({entry(1, "select a from t", 0, 0)}).statements.empty());
}

}  // namespace
}  // namespace pgadvisor::workload
