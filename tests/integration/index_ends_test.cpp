#include "tests/integration/clone_support.hpp"

#include "collectors/snapshot_collector.hpp"
#include "tests/support/run_coroutine.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace pgadvisor::sandbox {
namespace {

using namespace std::chrono_literals;
using ::testing::Optional;

/// More rows than ANALYZE samples, unique values: it hardly ever meets an end.
constexpr const char* kSchema = R"SQL(
CREATE SCHEMA "odd ""schema""";
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN mail AS text COLLATE "C";
CREATE TABLE visits (id bigint PRIMARY KEY, seen timestamptz, spent numeric, token uuid, mail mail, label text,
  words text[], filler text NOT NULL);
INSERT INTO visits SELECT i, timestamptz '2024-01-01' + i::float8 * i * interval '1 ms', i / 7.0, md5(i::text)::uuid,
  'u' || lpad(i::text, 7, '0'), CASE WHEN i % 3 > 0 THEN 'a"\\&<,' || lpad(i::text, 7, '0') || chr(1) END, ARRAY['w' || i],
  repeat('x', 40) FROM generate_series(1, 200000) i;
CREATE INDEX visits_seen ON visits (seen DESC);
CREATE INDEX visits_spent ON visits (spent NULLS FIRST) INCLUDE (id);
CREATE INDEX visits_token ON visits (token);
CREATE INDEX visits_mail ON visits (mail, id);
CREATE INDEX visits_label_pattern ON visits (label text_pattern_ops);
CREATE INDEX visits_label ON visits (label DESC NULLS LAST);
CREATE INDEX visits_words ON visits (words);
CREATE TABLE "odd ""schema"""."the ""table""" ("order" int, filler text);
INSERT INTO "odd ""schema"""."the ""table""" SELECT i, repeat('x', 40) FROM generate_series(1, 100000) i;
CREATE INDEX ON "odd ""schema"""."the ""table""" ("order");
CREATE TABLE logs (at int NOT NULL, filler text) PARTITION BY RANGE (at);
CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM (0) TO (100000);
INSERT INTO logs SELECT i, repeat('x', 40) FROM generate_series(1, 99000) i;
CREATE INDEX ON logs (at);
CREATE TABLE small (id int PRIMARY KEY);
INSERT INTO small SELECT generate_series(1, 5000);
VACUUM ANALYZE;
)SQL";

const std::string& database() {
  static const std::string name = make_database(kSchema);
  return name;
}

std::optional<std::string> ends(const model::DatabaseSnapshot& snapshot, const std::string& table,
                                const std::string& column) {
  const auto row = std::ranges::find_if(snapshot.column_statistics, [&](const model::ColumnStatistics& each) {
    return each.relation.name == table && each.column == column && !each.inherited;
  });
  return row == snapshot.column_statistics.end() ? "no statistics" : row->ends;
}

/// What the server counted of all user tables and indexes; sessions hand in their counts when they end.
std::string counters() {
  const std::string others =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
  while (testing::Cluster::shared().value(others, database()) != "0") std::this_thread::sleep_for(10ms);
  return testing::Cluster::shared().value(
      "SELECT concat_ws(' ', sum(s.idx_scan), sum(s.idx_tup_read), sum(s.idx_tup_fetch), sum(t.seq_scan), "
      "sum(t.idx_scan), sum(b.idx_blks_read + b.idx_blks_hit), sum(p.heap_blks_read + p.heap_blks_hit)) "
      "FROM pg_stat_user_indexes s JOIN pg_stat_user_tables t USING (relid) "
      "JOIN pg_statio_user_indexes b USING (indexrelid) JOIN pg_statio_user_tables p ON p.relid = s.relid",
      database());
}

TEST(IndexEnds, AreReadInEveryOrderAndForm) {
  const auto read = snapshot(database());
  EXPECT_THAT(ends(read, "visits", "id"), Optional(std::string("{1,200000}")));
  EXPECT_THAT(ends(read, "visits", "seen"),
              Optional(std::string(R"({"2024-01-01 00:00:00.001+00","2025-04-07 23:06:40+00"})")));
  EXPECT_THAT(ends(read, "visits", "spent"),
              Optional(std::string("{0.14285714285714285714,28571.428571428571}")));
  EXPECT_TRUE(ends(read, "visits", "token")->starts_with("{0000")) << *ends(read, "visits", "token");
  EXPECT_THAT(ends(read, "visits", "mail"), Optional(std::string("{u0000001,u0200000}")));
  EXPECT_THAT(ends(read, "visits", "label"),
              Optional(std::string("{\"a\\\"\\\\\\\\&<,0000001\x01\",\"a\\\"\\\\\\\\&<,0200000\x01\"}")));
  EXPECT_THAT(ends(read, "the \"table\"", "order"), Optional(std::string("{1,100000}")));
  EXPECT_THAT(ends(read, "logs_1", "at"), Optional(std::string("{1,99000}")));
}

TEST(IndexEnds, AreNotReadOfArraysOfColumnsWithoutIndexOrOfSampledTables) {
  const auto read = snapshot(database());
  EXPECT_EQ(ends(read, "visits", "words"), std::nullopt);
  EXPECT_EQ(ends(read, "visits", "filler"), std::nullopt);
  EXPECT_EQ(ends(read, "small", "id"), std::nullopt);
}

TEST(IndexEnds, AreReadWithoutBeingCountedAsUse) {
  const std::string before = counters();
  ASSERT_THAT(ends(snapshot(database()), "visits", "id"), Optional(std::string("{1,200000}")));
  EXPECT_EQ(counters(), before);
  testing::Cluster::shared().execute("SET enable_seqscan = off; SELECT * FROM visits WHERE id = 3",
                                     database());
  EXPECT_NE(counters(), before) << "counters that never move prove nothing";
}

TEST(IndexEnds, LeaveTheConnectionAsItWas) {
  auto& cluster = testing::Cluster::shared();
  auto connection = testing::run(pg::Connection::connect(cluster.dsn(database()), {})).value();
  const std::string sql =
      "SELECT concat_ws(' ', current_setting('track_counts'), current_setting('enable_seqscan'), "
      "current_setting('statement_timeout'))";
  const auto before = testing::run(connection.query(sql)).value().string(0, 0);
  ASSERT_TRUE(testing::run(collectors::collect_snapshot(connection, {})));
  EXPECT_EQ(testing::run(connection.query(sql)).value().string(0, 0), before);
}

TEST(IndexEnds, MakeCostsNearThemThoseOfProduction) {
  Database twin = clone(database()).value();
  EXPECT_THAT(twin.left_out(), ::testing::IsEmpty());
  for (const std::string condition :
       {"id > 199990", "id > 199999", "id > 200000", "id < 12", "id <= 2", "seen > '2025-04-07 20:00'",
        "seen < '2024-01-01 00:00:01'", "spent > 28571", "spent < 1", "mail > 'u0199980'",
        "mail < 'u0000009'", "token > 'fffff000-0000-0000-0000-000000000000'",
        "label > 'a\"\\\\&<,0199990'"}) {
    expect_cost_of_production(twin, database(), "SELECT filler FROM visits WHERE " + condition);
  }
  expect_cost_of_production(twin, database(), "SELECT filler FROM logs WHERE at > 98995");
  expect_cost_of_production(twin, database(),
                            R"(SELECT filler FROM "odd ""schema"""."the ""table""" WHERE "order" > 99990)");
}

TEST(IndexEnds, AreTheSamplesForARoleThatWouldBeCounted) {
  auto& cluster = testing::Cluster::shared();
  cluster.execute("CREATE ROLE reader LOGIN IN ROLE pg_read_all_data");
  const auto plain = snapshot(database(), "reader");
  EXPECT_EQ(ends(plain, "visits", "id"), std::nullopt);
  EXPECT_TRUE(plain.limitations.empty()) << plain.limitations.front();
  Database twin = Database::clone(server(), cluster.dsn(), plain).value();
  const double cost = sandbox_cost(twin, "SELECT filler FROM visits WHERE id > 199990");
  EXPECT_LT(cost, 100) << "the ends of the histogram are near";
  if (testing::tested_major() >= 15) {
    cluster.execute("GRANT SET ON PARAMETER track_counts, pg_stat_statements.track TO reader");
    EXPECT_THAT(ends(snapshot(database(), "reader"), "visits", "id"), Optional(std::string("{1,200000}")));
  }
}

TEST(IndexEnds, OfALockedTableAreLeftOut) {
  auto holder = pg::BlockingConnection::connect(testing::Cluster::shared().dsn(database()), "holder").value();
  ASSERT_TRUE(holder.execute("BEGIN; LOCK TABLE visits IN ACCESS EXCLUSIVE MODE"));
  auto connection = testing::run(pg::Connection::connect(testing::Cluster::shared().dsn(database()), {}));
  const auto read = testing::run(collectors::collect_snapshot(*connection, {})).value();
  EXPECT_EQ(ends(read, "visits", "id"), std::nullopt);
  EXPECT_THAT(ends(read, "the \"table\"", "order"), Optional(std::string("{1,100000}")));
}

}  // namespace
}  // namespace pgadvisor::sandbox
