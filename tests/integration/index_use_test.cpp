// What counters of indexes say and what they do not, and what is no reason to drop an index that nobody
// scans.
#include "advisor/index_health/index_health.hpp"
#include "daemon/one_look.hpp"
#include "tests/integration/clone_support.hpp"
#include "tests/support/daemon.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace pgadvisor::index_health {
namespace {

using testing::Cluster;

constexpr std::chrono::hours kDay{24};

daemon::Observation look(const std::string& database) {
  return daemon::observe(Cluster::shared().dsn(database), {}, daemon::WithActivity::kIfPossible).value();
}

/// "verdict/detail" of each index, after one look or with the usage given.
std::map<std::string, std::string> verdicts(const daemon::Observation& observation,
                                            const model::ClusterUsage& usage) {
  const std::vector<model::IndexMemory> memory;
  const auto health =
      examine({observation.snapshot, *observation.activity, usage, memory}, {}, {}, nullptr, {}).value();
  std::map<std::string, std::string> said;
  for (const auto& report : health.indexes)
    said[report.index.name] = report.verdict + (report.detail.empty() ? "" : "/" + report.detail);
  return said;
}

/// Every index has its own way of being read or not.
class IndexCounters : public ::testing::Test {
 protected:
  static const std::string& database() {
    static const std::string made = sandbox::make_database(R"(
CREATE TABLE t(a int, b int, u int, v int);
INSERT INTO t SELECT i, i, i, i FROM generate_series(1, 100000) i;
CREATE INDEX t_listed ON t(a);
CREATE INDEX t_parallel ON t(b);
CREATE UNIQUE INDEX t_checked ON t(u);
CREATE UNIQUE INDEX t_arbiter ON t(v);
CREATE TABLE r(id int, a int);
INSERT INTO r SELECT i, i FROM generate_series(1, 5000) i;
CREATE UNIQUE INDEX r_proof ON r(id);
VACUUM ANALYZE t;
VACUUM ANALYZE r;
)");
    return made;
  }
  static std::int64_t scans(const std::string& index) {
    return std::stoll(Cluster::shared().value(
        "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = '" + index + "'", database()));
  }
  /// By how much the counter moves; backends report it a moment after their clients went.
  static std::int64_t scans_of(const std::string& index, const std::string& sql) {
    const auto before = scans(index);
    Cluster::shared().execute(sql, database());
    const auto others = "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + database() + "'";
    EXPECT_TRUE(testing::eventually([&] { return Cluster::shared().value(others) == "0"; }));
    return scans(index) - before;
  }
  static std::string verdict(const std::string& index) {
    const auto observation = look(database());
    return verdicts(observation, daemon::usage_at_once({{"primary", observation.poll, {}}})).at(index);
  }
};

TEST_F(IndexCounters, AreNoNumberOfStatementsAndStillTellUsedFromUnused) {
  EXPECT_EQ(verdict("t_listed"), "observing");
  const auto listed =
      scans_of("t_listed", "SET enable_seqscan = off; SELECT * FROM t WHERE a IN (1, 2, 3, 4, 5)");
  EXPECT_EQ(listed, testing::tested_major() < 17 ? 5 : 1);
  EXPECT_EQ(verdict("t_listed"), "ok");
  const auto processes =
      scans_of("t_parallel",
               "SET enable_seqscan = off; SET enable_bitmapscan = off; SET parallel_setup_cost = 0; SET "
               "parallel_tuple_cost = 0; SET min_parallel_index_scan_size = 0; SET "
               "min_parallel_table_scan_size = 0; SET "
               "max_parallel_workers_per_gather = 2; SELECT count(*) FROM t WHERE b < 90000");
  EXPECT_GT(processes, 1) << "one statement";
  EXPECT_EQ(verdict("t_parallel"), "ok");
}

TEST_F(IndexCounters, DoNotShowWhatAUniqueIndexIsFor) {
  EXPECT_EQ(scans_of("t_checked", "INSERT INTO t SELECT 0, 0, i, i FROM generate_series(200001, 200100) i"),
            0);
  EXPECT_EQ(verdict("t_checked"), "protected");
  const std::string joined = "SELECT t.a FROM t LEFT JOIN r ON r.id = t.a WHERE t.u = 7";
  EXPECT_EQ(scans_of("r_proof", joined), 0);
  EXPECT_EQ(verdict("r_proof"), "protected");
  EXPECT_GT(scans_of("t_arbiter", "INSERT INTO t VALUES (0, 0, 300000, 7) ON CONFLICT (v) DO NOTHING"), 0);
  EXPECT_EQ(verdict("t_arbiter"), "ok");
}

/// The join is there for whoever drops the index that proves it needless.
TEST_F(IndexCounters, DoNotShowWhatThePlannerProvesWithAUniqueIndex) {
  auto twin = sandbox::clone(database()).value();
  const std::string joined = "SELECT t.a FROM t LEFT JOIN r ON r.id = t.a WHERE t.u = 7";
  const auto with = sandbox::sandbox_cost(twin, joined);
  const auto proof = twin.find_index({"public", "r_proof"}).value();
  ASSERT_TRUE(proof.has_value());
  ASSERT_TRUE(twin.hide(std::span(&*proof, 1)));
  EXPECT_GT(sandbox::sandbox_cost(twin, joined), 2 * with);
}

TEST_F(IndexCounters, AreRaisedByPlanningInProductionAndNeverByThePlannerSandbox) {
  // Near the end of the histogram, where the planner looks for the real end.
  const std::string statement = "SELECT * FROM t WHERE a > 99999";
  EXPECT_GT(scans_of("t_listed", "EXPLAIN " + statement), 0);
  const auto all = [] {
    return Cluster::shared().value(
        "SELECT concat_ws(' ', sum(i.idx_scan), sum(t.seq_scan), sum(t.idx_scan)) FROM pg_stat_user_indexes "
        "i "
        "JOIN pg_stat_user_tables t USING (relid)",
        database());
  };
  const auto before = all();
  auto twin = sandbox::clone(database()).value();
  const auto cost = sandbox::sandbox_cost(twin, statement);
  EXPECT_GT(cost, 0);
  EXPECT_EQ(all(), before);
}

constexpr const char* kIdle = R"(
CREATE TABLE t(id int PRIMARY KEY, u int, c int, r int4range, e text, plain int, young int);
CREATE UNIQUE INDEX t_unique ON t(u);
ALTER TABLE t ADD CONSTRAINT t_constraint UNIQUE (c);
ALTER TABLE t ADD CONSTRAINT t_exclusion EXCLUDE USING gist (r WITH &&);
CREATE INDEX t_expression ON t(lower(e));
CREATE INDEX t_plain ON t(plain);
CREATE INDEX t_partial ON t(plain) WHERE u > 5;
CREATE INDEX t_young ON t(young);
CREATE INDEX t_invalid ON t(young, plain);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't_invalid'::regclass;
CREATE TABLE child(t_id int REFERENCES t(id), c int REFERENCES t(c));
CREATE INDEX child_key ON child(t_id);
CREATE TABLE identity(a int NOT NULL, b int NOT NULL);
CREATE UNIQUE INDEX identity_a ON identity(a);
ALTER TABLE identity REPLICA IDENTITY USING INDEX identity_a;
CREATE TABLE clustered(a int);
CREATE INDEX clustered_a ON clustered(a);
ALTER TABLE clustered CLUSTER ON clustered_a;
CREATE TABLE of_extension(a int);
CREATE INDEX of_extension_a ON of_extension(a);
ALTER EXTENSION plpgsql ADD TABLE of_extension;
CREATE TABLE tree(a int, b int) PARTITION BY RANGE (a);
CREATE TABLE tree_1 PARTITION OF tree FOR VALUES FROM (0) TO (10);
CREATE TABLE tree_2 PARTITION OF tree FOR VALUES FROM (10) TO (20);
CREATE INDEX tree_b ON tree(b);
CREATE INDEX tree_a ON tree(a);
CREATE TABLE keeps(a int, b int);
CREATE INDEX keeps_a ON keeps(a);
CREATE INDEX keeps_ab ON keeps(a, b);
CREATE TABLE quiet(a int);
CREATE INDEX quiet_a ON quiet(a);
)";

/// Sixty days in which nobody scanned any index but one, and every table but `quiet` was written to.
TEST(IndexesThatNobodyScans, AreUnusedOnlyWhereNothingElseRestsOnThem) {
  const auto database = sandbox::make_database(kIdle);
  const auto observation = look(database);
  const auto as_of = observation.snapshot.taken_at;
  model::ClusterUsage usage{as_of, true, {{"primary", true, "", {{as_of - 60 * kDay, as_of}}, {}, {}}}};
  auto& member = usage.members.front();
  for (const auto& index : observation.snapshot.indexes) {
    const auto age = index.name.name == "t_young" ? 20 * kDay : 60 * kDay;
    member.indexes.push_back({index.name, as_of - age, std::nullopt, 0, index.identity});
    if (index.name.name != "tree_1_a_idx") continue;
    member.indexes.back().last_used = as_of - 3 * kDay;
    member.indexes.back().uses = 1;
  }
  for (const auto& table : observation.snapshot.tables) {
    if (table.name.name == "quiet") {
      member.tables.push_back({table.name, as_of - 60 * kDay, std::nullopt, 0, {}});
    } else {
      member.tables.push_back({table.name, as_of - 60 * kDay, as_of, 5, {}});
    }
  }
  const std::map<std::string, std::string> expected{{"t_pkey", "protected"},
                                                    {"t_unique", "protected"},
                                                    {"t_constraint", "protected"},
                                                    {"t_exclusion", "protected"},
                                                    {"t_expression", "review/expression"},
                                                    {"t_plain", "protected"},  // t_partial's keeper
                                                    {"t_partial", "review/replaceable"},
                                                    {"t_young", "observing"},
                                                    {"t_invalid", "invalid/failed"},
                                                    {"child_key", "protected"},
                                                    {"identity_a", "protected"},
                                                    {"clustered_a", "protected"},
                                                    {"of_extension_a", "protected"},
                                                    {"tree_a", "ok"},  // one partition's part was scanned
                                                    {"tree_b", "unused"},
                                                    {"keeps_a", "redundant"},
                                                    {"keeps_ab", "protected"},
                                                    {"quiet_a", "unknown"}};
  EXPECT_EQ(verdicts(observation, usage), expected);
}

}  // namespace
}  // namespace pgadvisor::index_health
