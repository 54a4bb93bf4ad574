#include "collectors/sql/shape.hpp"

#include "collectors/sql/statement_text.hpp"

#include <gmock/gmock.h>

namespace pgadvisor::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> literals(const std::string& text) {
  std::vector<std::string> result;
  for (const auto& slot : shape_of(text).value().slots) result.push_back(slot.literal);
  return result;
}

std::string shape(const std::string& text) {
  return shape_of(text).value().text;
}

/// The sampled text, normalised by libpg_query as pg_stat_statements does it, has the same shape, and gets
/// its own values back.
void expect_round_trip(const std::string& sampled) {
  const auto normalised = redact(sampled).value().text;
  const auto of_sample = shape_of(sampled).value();
  const auto of_normalised = shape_of(normalised).value();
  EXPECT_EQ(of_sample.text, of_normalised.text) << normalised;
  ASSERT_EQ(of_sample.slots.size(), of_normalised.slots.size());
  std::map<std::size_t, std::string> values;
  for (std::size_t i = 0; i < of_sample.slots.size(); ++i) values[i] = of_sample.slots[i].literal;
  EXPECT_EQ(literals(put_in(normalised, of_normalised, values)), literals(sampled));
}

TEST(Shape, FindsTheLiteralOfEachParameter) {
  expect_round_trip("SELECT * FROM q WHERE status = 'pending' AND id > 17 ORDER BY 1 LIMIT 10");
  EXPECT_THAT(literals("SELECT a FROM q WHERE status = 'pending' AND id > 17"),
              ElementsAre("'pending'", "17"));
}

TEST(Shape, SurvivesCommentsAndDollarQuotesThatLookLikeLiterals) {
  const std::string text =
      "/* 'x' $1 */ SELECT a -- = 'y'\n FROM t WHERE b = $q$it's /* $1 */$q$ AND \"c'2\" = 'a--b'";
  expect_round_trip(text);
  EXPECT_THAT(literals(text), ElementsAre("$q$it's /* $1 */$q$", "'a--b'"));
}

TEST(Shape, KeepsCastsAndTypedLiterals) {
  expect_round_trip("SELECT a FROM t WHERE b = 'x'::text AND c > date '2026-01-01' - interval '1 day'");
  expect_round_trip("SELECT a FROM t WHERE extract(year FROM b) = 2026 AND c = CAST('1' AS numeric(10, 2))");
}

TEST(Shape, TakesTheMinusOfANegativeNumberButNoSubtraction) {
  for (const char* text :
       {"SELECT a FROM t WHERE b = -5", "SELECT a FROM t WHERE b=-5", "SELECT a - 5 FROM t WHERE b > c - 7",
        "SELECT a FROM t WHERE b BETWEEN -5 AND - 4", "SELECT (a) -5, -6 FROM t WHERE b[1] - 2 = 4 -3"}) {
    expect_round_trip(text);
  }
  EXPECT_THAT(literals("SELECT a FROM t WHERE b = - 5 AND c -6 = 7"), ElementsAre("-5", "6", "7"));
}

TEST(Shape, ReadsEveryKindOfString) {
  expect_round_trip(R"(SELECT a FROM t WHERE b = E'a\'b' AND d = B'101' AND e = X'1F')");
}

TEST(Shape, TakesTrueFalseAndNullForValues) {
  expect_round_trip("SELECT a FROM t WHERE b = true AND c IS NOT NULL AND d = NULL AND e IS TRUE");
}

TEST(Shape, TakesAListForOneValueOfAnyLength) {
  EXPECT_EQ(shape("SELECT a FROM t WHERE b IN (1, 2) AND c = 3"),
            shape("select a from t where b in ($1, $2, $3) and c = $4"));
  EXPECT_THAT(literals("SELECT a FROM t WHERE b IN (1,-2 /* 9 */, 3) AND c = ANY (ARRAY['x','y'])"),
              ElementsAre("1, -2, 3", "'x', 'y'"));
  const auto list = shape_of("SELECT a FROM t WHERE b IN ($1, $2) AND c = $3").value();
  EXPECT_THAT(list.slots[0].parameters, ElementsAre(1, 2));
  EXPECT_EQ(put_in("SELECT a FROM t WHERE b IN ($1, $2) AND c = $3", list, {{0, "7, 8, 9"}}),
            "SELECT a FROM t WHERE b IN (7, 8, 9) AND c = $3");
}

TEST(Shape, HasNoLiteralWhereTheSampleItselfHasAParameter) {
  EXPECT_THAT(literals("SELECT a FROM t WHERE b = $1 AND c = 2"), ElementsAre("", "2"));
}

TEST(Shape, TellsApartWhatOnlyTheFingerprintTakesForTheSame) {
  EXPECT_NE(shape("SELECT a FROM t WHERE b = 1 AND c = 2"), shape("SELECT a FROM t WHERE c = 1 AND b = 2"));
}

TEST(Shape, HoldsNoSecret) {
  EXPECT_THAT(shape("SELECT a FROM t WHERE b = 'secret' AND c IN ($$secret$$, E'secret')"),
              Not(HasSubstr("secret")));
}

TEST(Shape, KnowsWhichValuesAreOnlyWritten) {
  const auto written = [](const std::string& text) {
    std::vector<bool> result;
    for (const auto& slot : shape_of(text).value().slots) result.push_back(slot.written);
    return result;
  };
  EXPECT_THAT(written("UPDATE t SET a = 'secret', b = f(2) WHERE c = 3 RETURNING 4"),
              ElementsAre(true, true, false, false));
  EXPECT_THAT(written("INSERT INTO t VALUES (1, 'secret'), (2, 'x')"), ElementsAre(true, true));
  EXPECT_THAT(written("SELECT a FROM (VALUES (1)) v WHERE b = 2"), ElementsAre(true, false));
}

TEST(Shape, RefusesWhatTheLexerDoes) {
  EXPECT_FALSE(shape_of("SELECT 'unterminated"));
}

}  // namespace
}  // namespace pgadvisor::sql
