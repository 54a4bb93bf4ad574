#include "daemon/migration.hpp"

#include "collectors/sql/quote.hpp"
#include "collectors/sql/statement_text.hpp"
#include "daemon/version.hpp"
#include "tests/support/sample_publication.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace pgadvisor::daemon {
namespace {

using namespace pgadvisor::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

model::Table table(std::uint32_t oid, const model::ObjectName& name, char kind = 'r',
                   std::uint32_t parent = 0) {
  model::Table table;
  table.oid = model::Oid{oid};
  table.name = name;
  table.kind = kind;
  table.parent = model::Oid{parent};
  return table;
}

advisor::Advice advice_of(advisor::Recommendation recommendation) {
  advisor::Advice advice;
  advice.database = "shop";
  recommendation.ddl = sql::create_index(recommendation.definition, recommendation.index_name, true);
  advice.recommendations = {std::move(recommendation)};
  return advice;
}

model::DatabaseSnapshot with_orders() {
  model::DatabaseSnapshot snapshot;
  snapshot.tables = {table(1, {"public", "orders"})};
  return snapshot;
}

std::vector<std::string> statements(const std::string& script) {
  std::vector<std::string> texts;
  const auto split = sql::split_file(script);
  EXPECT_TRUE(split) << script;
  if (split) {
    for (const auto& statement : *split) texts.push_back(statement.text);
  }
  return texts;
}

TEST(Migrations, ArePairsOfPlainFilesWithTheEvidence) {
  const auto made = migrations(advice_of(sample_recommendation()), with_orders(), sample_time());
  EXPECT_THAT(made.left_out, IsEmpty());
  ASSERT_EQ(made.files.size(), 2U);
  EXPECT_EQ(made.files[0].name, "20260304050001_create_ix_orders_customer_id.up.sql");
  EXPECT_EQ(made.files[1].name, "20260304050001_create_ix_orders_customer_id.down.sql");
  EXPECT_EQ(
      made.files[0].content,
      "-- ix_orders_customer_id on public.orders, proposed by pgadvisor " + std::string(kVersion) +
          " for database shop: r1\n"
          "-- 2026-03-04T05:00:01Z\n"
          "--\n"
          "-- Predicted size 800 kB, confidence high.\n"
          "-- one statement scans the whole table\n"
          "-- Cost 12000.50 -> 8.50: SELECT * FROM orders WHERE customer_id = $1 AND deleted_at IS NULL\n"
          "--\n"
          "-- Run outside of a transaction, each statement by itself.\n"
          "-- If it fails it may leave an invalid index: run the down file, then this one again.\n"
          "SET lock_timeout = '10min';\n"
          "CREATE INDEX CONCURRENTLY ix_orders_customer_id ON public.orders (customer_id, created_at DESC "
          "NULLS LAST) INCLUDE (status) WHERE deleted_at IS NULL;\n"
          "RESET lock_timeout;\n");
  EXPECT_THAT(
      statements(made.files[1].content),
      ElementsAre("SET lock_timeout = '10min'",
                  "DROP INDEX CONCURRENTLY IF EXISTS public.ix_orders_customer_id", "RESET lock_timeout"));
}

TEST(Migrations, AreNumberedASecondApart) {
  auto advice = advice_of(sample_recommendation());
  advice.recommendations.push_back(advice.recommendations.front());
  advice.recommendations.back().index_name = "Ünique/../Index";
  const auto made = migrations(advice, with_orders(), sample_time());
  ASSERT_EQ(made.files.size(), 4U);
  EXPECT_EQ(made.files[2].name, "20260304050002_create_nique_index.up.sql");
}

TEST(Migrations, CountTheValuesOfAnExpressionAfterwards) {
  auto recommendation = sample_recommendation();
  recommendation.definition.keys = {{.column = "", .expression = "lower(status)"}};
  const auto made = migrations(advice_of(recommendation), with_orders(), sample_time());
  EXPECT_THAT(made.files[0].content, HasSubstr("ANALYZE public.orders;\n"));
}

TEST(Migrations, IndexPartitionsOneByOneAndTakeBackAllOfThem) {
  auto snapshot = with_orders();
  snapshot.tables[0].kind = 'p';
  snapshot.tables.push_back(table(2, {"public", "orders_1"}, 'r', 1));
  snapshot.tables.push_back(table(3, {"public", "orders_2"}, 'r', 1));
  auto recommendation = sample_recommendation();
  recommendation.definition.keys = {{.column = "a"}};
  recommendation.definition.include.clear();
  recommendation.definition.predicate.clear();
  const auto made = migrations(advice_of(recommendation), snapshot, sample_time());
  ASSERT_EQ(made.files.size(), 2U);
  EXPECT_THAT(
      statements(made.files[0].content),
      ElementsAre("SET lock_timeout = '10min'",
                  "CREATE INDEX CONCURRENTLY ix_orders_1_a ON public.orders_1 (a)",
                  "CREATE INDEX CONCURRENTLY ix_orders_2_a ON public.orders_2 (a)", "SET lock_timeout = '5s'",
                  "CREATE INDEX ix_orders_customer_id ON ONLY public.orders (a)",
                  "ALTER INDEX public.ix_orders_customer_id ATTACH PARTITION public.ix_orders_1_a",
                  "ALTER INDEX public.ix_orders_customer_id ATTACH PARTITION public.ix_orders_2_a",
                  "RESET lock_timeout"));
  EXPECT_THAT(
      statements(made.files[1].content),
      ElementsAre("SET lock_timeout = '5s'", "DROP INDEX IF EXISTS public.ix_orders_customer_id",
                  "SET lock_timeout = '10min'", "DROP INDEX CONCURRENTLY IF EXISTS public.ix_orders_2_a",
                  "DROP INDEX CONCURRENTLY IF EXISTS public.ix_orders_1_a", "RESET lock_timeout"));
}

TEST(Migrations, LeaveOutWhatCannotBeDoneAndSayWhy) {
  auto snapshot = with_orders();
  snapshot.tables[0].kind = 'p';
  snapshot.tables.push_back(table(2, {"public", "orders_far"}, 'f', 1));
  const auto made = migrations(advice_of(sample_recommendation()), snapshot, sample_time());
  EXPECT_THAT(made.files, IsEmpty());
  EXPECT_THAT(made.left_out, ElementsAre(HasSubstr("public.orders_far is a foreign table")));
}

TEST(Migrations, KeepHostileNamesAndStatementsText) {
  const std::string evil = "a\"; DROP TABLE b; --\n*/ $x$ ${y} \\! rm -rf / \xE2\x80\xA8 '";
  auto recommendation = sample_recommendation();
  recommendation.definition.table = {evil, evil};
  recommendation.definition.keys = {{.column = evil}};
  recommendation.definition.include.clear();
  recommendation.definition.predicate.clear();
  recommendation.index_name = evil + "ix";
  recommendation.reasons = {evil};
  recommendation.statements.front().query = evil;
  auto advice = advice_of(recommendation);
  advice.database = evil;
  model::DatabaseSnapshot snapshot;
  snapshot.tables = {table(1, {evil, evil})};
  const auto made = migrations(advice, snapshot, sample_time());
  EXPECT_THAT(made.left_out, IsEmpty());
  ASSERT_EQ(made.files.size(), 2U);
  EXPECT_EQ(made.files[0].name, "20260304050001_create_a_drop_table_b_x_y_rm_rf_ix.up.sql");
  EXPECT_THAT(statements(made.files[0].content),
              ElementsAre("SET lock_timeout = '10min'",
                          "CREATE INDEX CONCURRENTLY " + sql::quote_identifier(evil + "ix") + " ON " +
                              sql::quote_name({evil, evil}) + " (" + sql::quote_identifier(evil) + ")",
                          "RESET lock_timeout"));
  EXPECT_EQ(statements(made.files[1].content).size(), 3U);
  // Every comment is one line, and nothing in it ends a statement or begins a quote of a tool's own.
  const auto comments = made.files[0].content.substr(0, made.files[0].content.find("SET lock_timeout"));
  EXPECT_THAT(comments, Not(HasSubstr(";")));
  EXPECT_THAT(comments, Not(HasSubstr("${")));
  EXPECT_THAT(comments, Not(HasSubstr("$x$")));
  EXPECT_THAT(comments, Not(HasSubstr("\xE2\x80\xA8")));
  for (std::size_t at = 0; at < comments.size(); at = comments.find('\n', at) + 1) {
    EXPECT_EQ(comments.substr(at, 2), "--");
  }
}

TEST(CommentText, IsOneShortLine) {
  EXPECT_EQ(comment_text("  a\r\n\tb\x01 c  "), "a b c");
  EXPECT_EQ(comment_text("x = $1 AND y = $23"), "x = $1 AND y = $23");
  EXPECT_EQ(comment_text("$1$ $tag$ ${x} $"), "?1? ?tag? ?{x} ?");
  EXPECT_EQ(comment_text("caf\xC3"), "caf\xEF\xBF\xBD");
  EXPECT_EQ(comment_text(std::string(1000, 'x')).size(), 303U);
  std::string wide;
  for (int i = 0; i < 200; ++i) wide += "é";
  EXPECT_LE(comment_text(wide).size(), 303U);
}

}  // namespace
}  // namespace pgadvisor::daemon
