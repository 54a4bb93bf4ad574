#include "tests/integration/clone_support.hpp"
#include "tests/integration/planner_twins.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::sandbox {
namespace {

/// Whole-table samples (ANALYZE reads 300 rows per statistics target), skewed, with frequent values at an
/// end.
constexpr const char* kReadings = R"(
CREATE EXTENSION pageinspect;
CREATE TABLE readings(id bigint PRIMARY KEY, taken timestamptz NOT NULL, amount numeric, label text COLLATE "C",
                      born date, kind int, filler text NOT NULL);
INSERT INTO readings SELECT i, timestamptz '2024-01-01' + i * i * interval '1 ms', CASE WHEN i % 9 = 0 THEN -5 ELSE i::numeric / 7 END,
  'L' || lpad((i * 37 % 25000)::text, 6, '0'), date '1950-01-01' + i % 11000, i % 3000, repeat('x', 50)
  FROM generate_series(1, 25000) i;
CREATE INDEX readings_taken ON readings (taken DESC, id);
CREATE INDEX readings_amount ON readings (amount) INCLUDE (label);
CREATE INDEX readings_label ON readings (label);
CREATE INDEX readings_positive ON readings (kind) WHERE kind > 5;
)";

struct Readings {
  std::string production;
  std::string twin;

  Readings() {
    auto& cluster = testing::Cluster::shared();
    production = cluster.create_database();
    cluster.execute(kReadings, production);
    cluster.execute("VACUUM ANALYZE", production);
    twin = "readings_twin";
    cluster.execute("CREATE DATABASE readings_twin TEMPLATE " + production);
    cluster.execute("TRUNCATE readings", twin);
  }

  static Readings& get() {
    static Readings readings;
    return readings;
  }
};

class PlannerEnds : public PlannerSession {
 protected:
  void SetUp() override {
    attach_to(Readings::get().twin);
    take_sizes_of(Readings::get().production);
  }

  void expect_same(const std::string& condition, const Configuration& configuration = {}) {
    const std::string statement = "SELECT filler FROM readings WHERE " + condition;
    const double expected = production_cost(Readings::get().production, statement);
    EXPECT_NEAR(cost(statement, configuration).total.value, expected, expected * 1e-3 + 0.005) << condition;
  }
};

TEST_F(PlannerEnds, CostsComparisonsNearTheEndsOfAnIndexAsProduction) {
  for (const std::string condition : {"id >= 24990",
                                      "id > 24999",
                                      "id > 30000",
                                      "id < 3",
                                      "id <= 120",
                                      "id < 1",
                                      "id BETWEEN 24950 AND 26000",
                                      "taken < '2024-01-01 00:00:01'",
                                      "taken > '2024-01-08 05:00'",
                                      "taken >= '2024-01-08 05:36:40'",
                                      "amount < -4",
                                      "amount < -5",
                                      "amount > 3571",
                                      "amount > 9999",
                                      "label < 'L000002'",
                                      "label >= 'L0249'",
                                      "label LIKE 'L02499%'",
                                      "born < '1950-01-03'",
                                      "born > '1980-02-01'",
                                      "kind < 2",
                                      "kind > 2998",
                                      "kind > 5 AND kind < 7"}) {
    expect_same(condition);
  }
}

TEST_F(PlannerEnds, CostsThemForACandidateAsOnceItIsBuilt) {
  auto& cluster = testing::Cluster::shared();
  const std::string sql = "CREATE INDEX readings_born ON readings (born, kind)";
  const auto candidate = database_->create_candidate(sql).value();
  const double before = cost("SELECT filler FROM readings WHERE born > '1980-02-10'").total.value;
  cluster.execute(sql, Readings::get().production);
  const auto built =
      cluster.query("SELECT pg_relation_size('readings_born') / 8192, (bt_metap('readings_born')).level",
                    Readings::get().production);
  ASSERT_TRUE(
      database_->set_size(candidate, {built.integer(0, 0), 25000, static_cast<int>(built.integer(0, 1))}));
  for (const std::string condition : {"born > '1980-02-10'", "born >= '1980-02-11'", "born > '1990-01-01'",
                                      "born < '1950-01-02'", "born < '1950-02-01'"}) {
    expect_same(condition, {candidate});
  }
  EXPECT_EQ(cost("SELECT filler FROM readings WHERE born > '1980-02-10'").total.value, before)
      << "seen while hidden";
  cluster.execute("DROP INDEX readings_born", Readings::get().production);
  ASSERT_TRUE(database_->drop_candidate(candidate));
}

TEST_F(PlannerEnds, AreNoRowsToAnybodyElse) {
  auto& cluster = testing::Cluster::shared();
  cluster.execute(
      "CREATE OR REPLACE FUNCTION raises(bigint) RETURNS bigint IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RAISE "
      "'called'; END $$",
      Readings::get().twin);
  EXPECT_EQ(cluster.value("SELECT count(*) FROM readings", Readings::get().twin), "0");
  EXPECT_NO_THROW(
      cluster.execute("SET enable_seqscan = off; DO $$ BEGIN IF (SELECT count(filler) FROM readings WHERE id "
                      "> 24000) > 0 THEN "
                      "RAISE 'a row'; END IF; END $$",
                      Readings::get().twin));
  const auto candidate =
      database_->create_candidate("CREATE INDEX ON readings (raises(id)) WHERE raises(id) > 3");
  ASSERT_TRUE(candidate) << to_string(candidate.error());
  ASSERT_TRUE(database_->drop_candidate(*candidate));
}

TEST_F(PlannerEnds, FollowStatisticsThatAreLoadedAnew) {
  auto& cluster = testing::Cluster::shared();
  const auto kept = cluster.value(
      "SELECT stavalues1::text FROM pg_statistic WHERE starelid = 'readings'::regclass "
      "AND staattnum = 1",
      Readings::get().twin);
  const auto load = [&](const std::string& values) {
    cluster.execute("SET allow_system_table_mods = on; UPDATE pg_statistic SET stavalues1 = array_in('" +
                        values +
                        "', 'int8'::regtype, -1) WHERE starelid = 'readings'::regclass AND staattnum = 1",
                    Readings::get().twin);
    take_sizes_of(Readings::get().production);
  };
  load("{1,20000,40000}");
  const double widened = cost("SELECT filler FROM readings WHERE id > 39000").total.value;
  load(kept);
  EXPECT_LT(cost("SELECT filler FROM readings WHERE id > 39000").total.value, widened);
  expect_same("id > 24990");
}

}  // namespace
}  // namespace pgadvisor::sandbox
