#include "collectors/sql/statement_text.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::sql {
namespace {

TEST(MakePlannable, TurnsTypedParametersIntoCasts) {
  EXPECT_EQ(make_plannable("SELECT now() - interval $1"), "SELECT now() - $1::interval");
  EXPECT_EQ(make_plannable("WHERE d < DATE $2 AND t > timestamptz $3"),
            "WHERE d < $2::DATE AND t > $3::timestamptz");
  EXPECT_EQ(make_plannable("SELECT timestamp(3) with time zone $1"),
            "SELECT $1::timestamp(3) with time zone");
  EXPECT_EQ(make_plannable("SELECT pg_catalog.\"jsonb\" $1"), "SELECT $1::pg_catalog.\"jsonb\"");
  EXPECT_EQ(make_plannable("SELECT double precision $1, character varying $2, numeric(10, 2) $3"),
            "SELECT $1::double precision, $2::character varying, $3::numeric(10, 2)");
}

TEST(MakePlannable, KeepsIntervalQualifiers) {
  EXPECT_EQ(make_plannable("SELECT interval $1 day to second"), "SELECT $1::interval day to second");
}

TEST(MakePlannable, CallsDatePartForAReplacedExtractField) {
  EXPECT_EQ(make_plannable("SELECT extract($1 FROM o.d), EXTRACT(year from d)"),
            "SELECT pg_catalog.date_part($1 , o.d), EXTRACT(year from d)");
}

TEST(MakePlannable, TakesForNumbersWhatNothingElseCanHaveBeen) {
  EXPECT_EQ(make_plannable("SELECT a FROM t WHERE a BETWEEN $1 - $2 AND $3 + $4"),
            "SELECT a FROM t WHERE a BETWEEN $1::int4 - $2 AND $3::int4 + $4");
  EXPECT_EQ(make_plannable("SELECT sum(a * ($1 - $2 * $3))"), "SELECT sum(a * ($1::int4 - $2::int4 * $3))");
  EXPECT_EQ(make_plannable("SELECT date $1 + $2, $3::date - $4, current_date - $5"),
            "SELECT $1::date + $2::int4, $3::date - $4::int4, current_date - $5::int4");
  EXPECT_EQ(make_plannable("SELECT * FROM generate_series($1, $2)"),
            "SELECT * FROM generate_series($1::int4, $2)");
}

TEST(MakePlannable, LeavesOperandsWhoseTypeIsKnown) {
  for (const char* text : {"SELECT $1::numeric - $2::numeric", "SELECT now() - $1", "SELECT a * $1, $2 + b",
                           "SELECT * FROM generate_series($1::date, $2)", "SELECT a || $1 || $2"}) {
    EXPECT_EQ(make_plannable(text), text);
  }
  EXPECT_EQ(make_plannable("SELECT interval $1 + interval $2"), "SELECT $1::interval + $2::interval");
}

TEST(MakePlannable, TakesAllOperandsForNumbersWhenAsked) {
  EXPECT_EQ(make_plannable("SELECT day + $1 FROM t WHERE a = $2", Operands::kNumbers),
            "SELECT day + $1::int4 FROM t WHERE a = $2");
}

TEST(MakePlannable, LeavesEverythingElseAlone) {
  for (const char* text :
       {"SELECT $1 FROM t WHERE a = $2 AND b BETWEEN $3 AND $4 LIMIT $5 OFFSET $6",
        "SELECT a AT TIME ZONE $1, substring(b from $2 for $3), trim(both $4 from c), d LIKE $5 ESCAPE $6",
        "SELECT CASE $1 WHEN $2 THEN $3 ELSE $4 END FROM t FETCH FIRST $5 ROWS ONLY",
        "SELECT sum(a) OVER (ORDER BY b ROWS $1 PRECEDING) FROM t -- interval $1", "SELECT 'interval $1'",
        "SELECT DISTINCT $1, NOT $2", "INSERT INTO t VALUES ($1, $2) RETURNING $3", "SELECT interval '1 day'",
        "SELECT 'unterminated"}) {
    EXPECT_EQ(make_plannable(text), text);
  }
}

}  // namespace
}  // namespace pgadvisor::sql
