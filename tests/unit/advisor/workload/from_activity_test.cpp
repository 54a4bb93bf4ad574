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

TEST(FromActivity, LeavesStatementsThatDidNotRun) {
  EXPECT_TRUE(of({entry(1, "select a from t", 0, 0)}).statements.empty());
}

}  // namespace
}  // namespace pgadvisor::workload
