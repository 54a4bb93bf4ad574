#include "tests/integration/clone_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace pgadvisor::sandbox {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kTypes = R"SQL(
CREATE EXTENSION citext;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE pair AS (x int, y text);
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN moods AS mood[];
CREATE COLLATION numbered (provider = icu, locale = 'en-u-kn-true');
CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TYPE span AS RANGE (subtype = positive, multirange_type_name = spans);
CREATE TABLE types (id int, mood mood, moods moods, positive positive, pair pair, label citext,
  "order" text COLLATE numbered, caseless text COLLATE caseless, price money, bytes bytea, ratio float8, small float4,
  moment timestamptz, day date, lasting interval, during tstzrange, spans int4multirange, span span,
  words tsvector, tags text[], grid int[][], network inet, token uuid, bits bit(5), place point, doc jsonb, plain json,
  flag boolean, nothing text, ignored int, letters char(8), amount numeric(12,3), kind "char", at time, log pg_lsn);
ALTER TABLE types ALTER ignored SET STATISTICS 0, ALTER day SET (n_distinct = 77);
INSERT INTO types SELECT i, (ARRAY['sad','ok','happy']::mood[])[1 + i % 3], ARRAY['sad']::mood[], 1 + i % 90,
  ROW(i % 9, 'it''s "' || i % 7 || E'",\\ \n')::pair, CASE WHEN i % 2 = 0 THEN 'Ab' ELSE 'aB' END || i % 11,
  'item' || i % 300, 'CaSe' || i % 40, (i % 500)::text::money - 20::money, decode(md5((i % 70)::text), 'hex'),
  CASE i % 50 WHEN 0 THEN 'NaN' WHEN 1 THEN 'Infinity' WHEN 2 THEN '-Infinity' ELSE i / 7.0 END::float8, i / 3.0,
  CASE WHEN i % 60 = 0 THEN 'infinity' WHEN i % 61 = 0 THEN '-infinity' ELSE '2020-02-03 04:05'::timestamptz + i * interval '7 s' END,
  CASE WHEN i % 60 = 0 THEN 'infinity' ELSE date '0044-03-15 BC' + i END, make_interval(months => i % 30, days => -i % 5),
  CASE WHEN i % 10 = 0 THEN 'empty' WHEN i % 11 = 0 THEN tstzrange(NULL, '2024-01-01') ELSE
    tstzrange('2024-01-01'::timestamptz + i * interval '1 h', '2024-01-02'::timestamptz + i * interval '2 h') END,
  int4multirange(int4range(i, i + 5), int4range(i + 10, i + 12)), span((1 + i % 9)::positive, (20 + i % 50)::positive),
  to_tsvector('simple', 'w' || i % 20 || ' x' || i % 3), ARRAY['t' || i % 50, 'N"{,}\' || i % 4], ARRAY[[i % 5, 1], [i % 7, 2]],
  ('10.0.' || i % 256 || '.1')::inet, md5((i % 30)::text)::uuid, (i % 32)::bit(5), point(i, i), jsonb_build_object('k', i % 5),
  '{}', i % 3 = 0, NULL, i, 'c' || i % 90, i / 8.0, chr(65 + i % 26)::"char", time '01:00' + i * interval '1 s', ('0/' || i)::pg_lsn
  FROM generate_series(1, 3000) i;
CREATE INDEX expressions ON types (lower("order"), (id % 10), (tags[1]));
CREATE INDEX expression_of_range ON types USING gist (tstzrange(moment, 'infinity'));
CREATE TABLE parent (a int, b text);
CREATE TABLE child (c int4range) INHERITS (parent);
INSERT INTO parent SELECT i % 10, i FROM generate_series(1, 500) i;
INSERT INTO child SELECT i % 20, 'c' || i % 9, int4range(i, i + i % 9) FROM generate_series(1, 700) i;
CREATE TABLE parts (k int, v text) PARTITION BY LIST (k);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1, 2);
CREATE TABLE part_2 PARTITION OF parts DEFAULT;
INSERT INTO parts SELECT i % 9, i % 33 FROM generate_series(1, 900) i;
CREATE TABLE empty_ranges (r int4range);
INSERT INTO empty_ranges SELECT 'empty' FROM generate_series(1, 90);
ANALYZE;
)SQL";

constexpr const char* kExtended = R"SQL(
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE cities (gone int, zip int, extra int, city text, state text, mood mood, born date, tags int[], note text);
ALTER TABLE cities DROP gone, DROP extra;
INSERT INTO cities SELECT i % 100, 'city ' || i % 50, CASE WHEN i % 10 < 3 THEN NULL ELSE 'state "' || i % 10 END,
  (ARRAY['sad','ok','happy']::mood[])[1 + i % 3], date '2024-01-01' + i % 12, ARRAY[i % 5], 'n' || i % 4 FROM generate_series(1, 5000) i;
CREATE STATISTICS all_kinds ON zip, city, state FROM cities;
CREATE STATISTICS common (mcv) ON state, mood, born FROM cities;
CREATE STATISTICS "of ""expressions" ON (zip % 10), (lower(city)), state FROM cities;
CREATE STATISTICS single_expression ON (zip / 7) FROM cities;
CREATE STATISTICS never_analysed ON zip, note FROM cities;
CREATE TABLE visits (day date, kind int, place int) PARTITION BY RANGE (day);
CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE visits_2 PARTITION OF visits FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
INSERT INTO visits SELECT date '2024-01-01' + i % 60, i % 10, i % 5 FROM generate_series(1, 6000) i;
CREATE STATISTICS of_visits ON kind, place FROM visits;
ANALYZE;
)SQL";

/// Every row of a query as one text.
std::multiset<std::string> rows_of(const pg::Rows& rows) {
  std::multiset<std::string> all;
  for (int row = 0; row < rows.size(); ++row) all.insert(rows.string(row, 0));
  return all;
}

std::multiset<std::string> missing(const std::multiset<std::string>& from,
                                   const std::multiset<std::string>& in) {
  std::multiset<std::string> rest;
  std::ranges::set_difference(from, in, std::inserter(rest, rest.end()));
  return rest;
}

void expect_equal_rows(const std::string& database, const std::string& sql, std::size_t at_least) {
  const auto production = rows_of(testing::Cluster::shared().query(sql, database));
  const auto twin = rows_of(ask_twin(database, sql));
  EXPECT_GE(production.size(), at_least);
  EXPECT_THAT(missing(production, twin), IsEmpty()) << "of production's";
  EXPECT_THAT(missing(twin, production), IsEmpty()) << "of the twin's";
}

const std::string kUser = " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";

TEST(SandboxStatistics, EqualPgStatsRowByRow) {
  const std::string database = make_database(kTypes);
  const Database twin = clone(database).value();
  EXPECT_THAT(twin.left_out(), IsEmpty());
  expect_equal_rows(database, "SELECT s::text FROM pg_stats s" + kUser, 40);
}

TEST(SandboxStatistics, EqualSlotsThatPgStatsDoesNotShow) {
  const std::string database = make_database(kTypes);
  const Database twin = clone(database).value();
  // Sets of slots: their order is ANALYZE's own affair.
  expect_equal_rows(database, R"(
SELECT concat_ws(' ', c.relname, a.attname, s.stainherit, slot.kind, slot.operator::regoperator,
                 slot.collating::regcollation, slot.numbers, slot.contents)
FROM pg_statistic s JOIN pg_class c ON c.oid = s.starelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = s.staattnum
CROSS JOIN LATERAL (VALUES (stakind1, staop1, stacoll1, stanumbers1, stavalues1::text), (stakind2, staop2, stacoll2, stanumbers2, stavalues2::text),
  (stakind3, staop3, stacoll3, stanumbers3, stavalues3::text), (stakind4, staop4, stacoll4, stanumbers4, stavalues4::text),
  (stakind5, staop5, stacoll5, stanumbers5, stavalues5::text)) slot(kind, operator, collating, numbers, contents)
WHERE slot.kind > 0 AND n.nspname = 'public')",
                    100);
}

TEST(SandboxStatistics, EqualPgStatsExtRowByRow) {
  const std::string database = make_database(kExtended);
  const Database twin = clone(database).value();
  EXPECT_THAT(twin.left_out(), IsEmpty());
  expect_equal_rows(
      database,
      "SELECT (to_jsonb(s) - 'statistics_owner' - 'n_distinct' - 'dependencies')::text FROM pg_stats_ext s",
      6);
  expect_equal_rows(database, "SELECT (to_jsonb(s) - 'statistics_owner')::text FROM pg_stats_ext_exprs s", 3);
}

TEST(SandboxStatistics, OfSeveralColumnsGiveTheCostsOfProduction) {
  const std::string database = make_database(kExtended);
  Database twin = clone(database).value();
  for (const char* statement :
       {"SELECT * FROM cities WHERE zip = 7 AND city = 'city 7'",
        "SELECT * FROM cities WHERE zip = 7 AND city = 'city 8'",
        "SELECT zip, city, count(*) FROM cities GROUP BY zip, city",
        "SELECT zip, state FROM cities GROUP BY 1, 2",
        "SELECT * FROM cities WHERE state IS NULL AND mood = 'ok' AND born < '2024-01-05'",
        "SELECT * FROM cities WHERE state = 'state \"4' AND mood IN ('ok', 'sad') OR born = '2024-01-03' AND "
        "mood = 'happy'",
        "SELECT lower(city), count(*) FROM cities GROUP BY 1",
        "SELECT * FROM cities WHERE zip % 10 = 3 AND lower(city) = 'city 3'",
        "SELECT zip / 7, count(*) FROM cities GROUP BY 1", "SELECT kind, place FROM visits GROUP BY 1, 2",
        "SELECT * FROM visits WHERE kind = 3 AND place = 3"}) {
    expect_cost_of_production(twin, database, statement);
  }
}

TEST(SandboxStatistics, AreReadByTheRoleThatMayReadAllData) {
  const std::string database = make_database(kExtended);
  auto& cluster = testing::Cluster::shared();
  cluster.execute("CREATE ROLE reader LOGIN IN ROLE pg_read_all_data");
  const model::DatabaseSnapshot seen = snapshot(database, "reader");
  cluster.execute("DROP ROLE reader");
  EXPECT_EQ(seen.extended_statistics, snapshot(database).extended_statistics);
  EXPECT_THAT(seen.extended_statistics.size(), 6);
}

TEST(SandboxStatistics, SayWhichAreHiddenFromAPlainRole) {
  const std::string database = make_database(kTypes);
  auto& cluster = testing::Cluster::shared();
  cluster.execute("CREATE STATISTICS hidden_pairs ON id, flag FROM types; CREATE ROLE humble LOGIN",
                  database);
  const model::DatabaseSnapshot seen = snapshot(database, "humble");
  cluster.execute("DROP ROLE humble");
  EXPECT_THAT(seen.limitations, Contains(HasSubstr("values of 1 statistics objects, public.hidden_pairs")));
  EXPECT_THAT(seen.limitations, Contains(HasSubstr("the statistics of ranges from PostgreSQL 17 on")));
}

/// A composite type's input checks the domains in it: with nobody's powers.
TEST(SandboxStatistics, RunNoCheckOfADomainAsSuperuser) {
  const std::string database = make_database(R"SQL(
CREATE FUNCTION spy(int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
  IF current_setting('is_superuser') = 'on' AND current_database() LIKE 'x%' THEN RAISE 'too many powers'; END IF; RETURN true; END $$;
CREATE DOMAIN watched AS int CHECK (spy(VALUE));
CREATE TYPE holder AS (w watched);
CREATE TABLE t (h holder);
INSERT INTO t SELECT ROW(i % 3)::holder FROM generate_series(1, 300) i;
ANALYZE t;
CREATE OR REPLACE FUNCTION spy(int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
  IF current_user = session_user THEN RAISE 'too many powers'; END IF; RETURN true; END $$;
)SQL");
  const Database twin = clone(database).value();
  EXPECT_THAT(twin.left_out(), IsEmpty());
  EXPECT_EQ(ask_twin(database, "SELECT most_common_vals FROM pg_stats WHERE tablename = 't'").string(0, 0),
            "{(0),(1),(2)}");
}

}  // namespace
}  // namespace pgadvisor::sandbox
