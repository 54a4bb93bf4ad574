#include "collectors/sql/index_statement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::sql {
namespace {

using ::testing::HasSubstr;

CreateIndexStatement created(const std::string& text) {
  const auto statement = parse_index_statement(text);
  EXPECT_TRUE(statement) << text << ": " << (statement ? "" : statement.error().message);
  return statement ? std::get<CreateIndexStatement>(*statement) : CreateIndexStatement{};
}

bool is_same(const std::string& a, const std::string& b) {
  return created("CREATE INDEX ON t " + a).shape == created("CREATE INDEX ON t " + b).shape;
}

bool is_served(const std::string& existing, const std::string& wanted) {
  return serves(created("CREATE INDEX ON t " + existing).shape, created("CREATE INDEX ON t " + wanted).shape);
}

TEST(IndexStatement, TakesACreateIndexApart) {
  const auto statement = created(
      "create unique index concurrently if not exists \"Ix\" /* why */ on only public.\"T\" using btree (a "
      "desc) "
      "include (c) with (fillfactor=70) where b = 'x;--y'; -- end");
  EXPECT_EQ(statement.name, "Ix");
  EXPECT_EQ(statement.table, (model::ObjectName{"public", "T"}));
  EXPECT_TRUE(statement.only);
  EXPECT_TRUE(statement.concurrently);
  EXPECT_TRUE(statement.shape.is_unique);
  EXPECT_EQ(statement.body, "using btree (a desc) include (c) with (fillfactor=70) where b = 'x;--y'");
  EXPECT_EQ(create_index(statement, "Ix", {"public", "T"}, true, false),
            "CREATE UNIQUE INDEX CONCURRENTLY \"Ix\" ON public.\"T\" using btree (a desc) include (c) with "
            "(fillfactor=70) where b = 'x;--y'");
}

TEST(IndexStatement, NeedsNeitherNameNorSchema) {
  const auto statement = created("CREATE INDEX ON orders (customer_id)");
  EXPECT_EQ(statement.name, "");
  EXPECT_EQ(statement.table, (model::ObjectName{"", "orders"}));
  EXPECT_FALSE(statement.only);
  EXPECT_EQ(create_index(statement, "ix", {"s", "orders"}, false, true),
            "CREATE INDEX ix ON ONLY s.orders (customer_id)");
}

TEST(IndexStatement, FindsTheTableBehindNamesThatLookLikeKeywords) {
  EXPECT_EQ(created("CREATE INDEX \"on\" ON \"on\".\"only\" (\"on\")").body, "(\"on\")");
  EXPECT_EQ(created("CREATE INDEX x ON db.s.t (a)").body, "(a)");
  EXPECT_EQ(created("CREATE INDEX x ON t * (a)").body, "(a)");
}

TEST(IndexStatement, TakesADropIndexApart) {
  const auto drop = [](const char* text) {
    return std::get<DropIndexStatement>(parse_index_statement(text).value());
  };
  EXPECT_EQ(drop("DROP INDEX CONCURRENTLY IF EXISTS public.\"A;b\"").index,
            (model::ObjectName{"public", "A;b"}));
  EXPECT_TRUE(drop("DROP INDEX CONCURRENTLY a").concurrently);
  EXPECT_EQ(drop("drop index a;").index, (model::ObjectName{"", "a"}));
}

TEST(IndexStatement, RefusesEverythingElse) {
  for (const auto& [text, why] : std::vector<std::pair<std::string, std::string>>{
           {"", "empty"},
           {"-- nothing", "empty"},
           {"CREATE INDEX ON t (a); DROP TABLE t", "several statements"},
           {"CREATE INDEX ON t (a);;CREATE INDEX ON t (b)", "several statements"},
           {"DROP TABLE t", "something else"},
           {"DROP INDEX a, b", "several indexes"},
           {"DROP INDEX a CASCADE", "CASCADE"},
           {"DROP INDEX d.s.a", "no database"},
           {"SELECT 1", "something else"},
           {"CREATE TABLE t (a int)", "something else"},
           {"ALTER TABLE t ADD UNIQUE (a)", "something else"},
           {"REINDEX INDEX a", "something else"},
           {"CREATE INDEX ON t (a", "syntax error"},
           {"CREATE INDEX ON t ('a)", "quotes"},
           {"DO $$ BEGIN END $$", "something else"},
           {"CREATE INDEX ON t (a) WHERE b = '" + std::string(40000, 'x') + "'", "32 kB"}}) {
    const auto statement = parse_index_statement(text);
    ASSERT_FALSE(statement) << text.substr(0, 80);
    EXPECT_THAT(statement.error().message, HasSubstr(why)) << text.substr(0, 80);
  }
}

TEST(IndexStatement, SurvivesDeepNesting) {
  std::string sum = "a";
  while (sum.size() < 900) sum += "+a";
  EXPECT_TRUE(parse_index_statement("CREATE INDEX ON t ((" + sum + "))"));
  while (sum.size() < 30000) sum += "+a";
  EXPECT_FALSE(parse_index_statement("CREATE INDEX ON t ((" + sum + "))"));
  std::string values = "1";
  while (values.size() < 30000) values += ",1";
  EXPECT_TRUE(parse_index_statement("CREATE INDEX ON t (a) WHERE b IN (" + values + ")"));
}

TEST(IndexShape, IsTheSameAsPostgresPrintsIt) {
  EXPECT_TRUE(is_same("(a)", "USING btree (a)"));
  EXPECT_TRUE(is_same("(a)", "((a))"));
  EXPECT_TRUE(is_same("(a ASC NULLS LAST)", "(a)"));
  EXPECT_TRUE(is_same("(a DESC)", "(a DESC NULLS FIRST)"));
  EXPECT_TRUE(is_same("(lower(a))", "(lower((a)::text))"));
  EXPECT_TRUE(is_same("(pg_catalog.lower(a))", "(LOWER(a))"));
  EXPECT_TRUE(is_same("(a) WHERE s = 'open'", "(a) WHERE ((s)::text = 'open'::text)"));
  EXPECT_TRUE(is_same("(a) WHERE s IN ('a', 'b')", "(a) WHERE (s = ANY (ARRAY['a'::text, 'b'::text]))"));
  EXPECT_TRUE(is_same("(a) INCLUDE (b, c)", "(a) INCLUDE (c, b)"));
  EXPECT_TRUE(is_same("(a) WITH (fillfactor = 70)", "(a)"));
}

TEST(IndexShape, TellsApartWhatDiffers) {
  EXPECT_FALSE(is_same("(a)", "(b)"));
  EXPECT_FALSE(is_same("(a)", "(\"A\")"));
  EXPECT_FALSE(is_same("(a, b)", "(b, a)"));
  EXPECT_FALSE(is_same("(a)", "(a DESC)"));
  EXPECT_FALSE(is_same("(a)", "USING hash (a)"));
  EXPECT_FALSE(is_same("(a)", "(a text_pattern_ops)"));
  EXPECT_FALSE(is_same("(a)", "(a COLLATE \"C\")"));
  EXPECT_FALSE(is_same("(lower(a))", "(upper(a))"));
  EXPECT_FALSE(is_same("((a::int))", "(a)"));
  EXPECT_FALSE(is_same("(a) WHERE b > 1", "(a) WHERE b > 2"));
  EXPECT_FALSE(is_same("(a) WHERE b IN (1, 2)", "(a) WHERE b NOT IN (1, 2)"));
}

TEST(Serves, FollowsTheRulesOfRedundancy) {
  EXPECT_TRUE(is_served("(a)", "(a)"));
  EXPECT_TRUE(is_served("(a, b)", "(a)"));
  EXPECT_TRUE(is_served("(a DESC)", "(a)"));
  EXPECT_TRUE(is_served("(a DESC, b DESC)", "(a, b)"));
  EXPECT_TRUE(is_served("(a, b)", "(a) INCLUDE (b)"));
  EXPECT_TRUE(is_served("(a) INCLUDE (b, c)", "(a) INCLUDE (c)"));
  EXPECT_TRUE(is_served("(a) WHERE b", "(a) WHERE b"));
  EXPECT_FALSE(is_served("(a, b)", "(a, b DESC)"));
  EXPECT_FALSE(is_served("(a, b)", "(b)"));
  EXPECT_FALSE(is_served("(a)", "(a, b)"));
  EXPECT_FALSE(is_served("(a)", "(a) INCLUDE (b)"));
  EXPECT_FALSE(is_served("(a) INCLUDE (b)", "(a, b)"));
  EXPECT_FALSE(is_served("USING hash (a)", "(a)"));
  EXPECT_FALSE(is_served("USING gin (a, b)", "USING gin (a)"));
  EXPECT_FALSE(is_served("(a)", "(a) WHERE b"));  // the partial one may be far smaller
  EXPECT_FALSE(is_served("(a) WHERE b", "(a)"));
}

TEST(Serves, KeepsUniqueness) {
  const auto shape = [](const std::string& text) { return created(text).shape; };
  const auto plain = shape("CREATE INDEX ON t (a)");
  const auto unique = shape("CREATE UNIQUE INDEX ON t (a)");
  EXPECT_TRUE(serves(unique, plain));
  EXPECT_FALSE(serves(plain, unique));
  EXPECT_FALSE(serves(shape("CREATE UNIQUE INDEX ON t (a, b)"), unique));
  EXPECT_FALSE(serves(shape("CREATE UNIQUE INDEX ON t (a) NULLS NOT DISTINCT"), unique));
}

}  // namespace
}  // namespace pgadvisor::sql
