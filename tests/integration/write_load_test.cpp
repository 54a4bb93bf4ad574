#include "advisor/selection/write_load.hpp"
#include "advisor/whatif/candidate_set.hpp"
#include "tests/integration/clone_support.hpp"
#include "tests/support/cluster.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

// What writes cost an index, beside what a real one costs them: WAL, and updates that are no longer HOT.

namespace pgadvisor::selection {
namespace {

using model::IndexDefinition;

constexpr int kRows = 200'000;
constexpr int kInserted = 40'000;

/// Rows from one number to another: `at` in their order, `number`, `token` and `word` at random.
std::string rows(int from, int to) {
  return fmt::format(
      "SELECT i, timestamptz '2026-01-01' + i * interval '1 second', hashint4(i), md5(i::text), 'word ' || "
      "abs(hashint4(i) % 50000), repeat('b', 60) FROM generate_series({}, {}) i",
      from, to);
}

class RealWrites : public ::testing::Test {
 protected:
  RealWrites() : database_(cluster_.create_database()) {
    execute("CREATE TABLE t (id int, at timestamptz, number int, token text, word text, body text)");
    execute("INSERT INTO t " + rows(1, kRows));
    execute("VACUUM ANALYZE t");
  }
  void execute(const std::string& sql) { cluster_.execute(sql, database_); }
  std::string value(const std::string& sql) { return cluster_.value(sql, database_); }

  [[nodiscard]] WriteLoad predicted(const IndexDefinition& index, const model::TableCounters& counters,
                                    const workload::AnalysedWorkload& analysed = {}) {
    const auto observed = daemon::observe(cluster_.dsn(database_), {}, daemon::WithActivity::kNo).value();
    auto twin = sandbox::Database::clone(sandbox::server(), observed.dsn, observed.snapshot).value();
    const auto candidates = whatif::create_candidates({index}, "test", observed.snapshot, twin, {}).value();
    workload::Workload workload;
    workload.window.to += std::chrono::minutes(5);  // one checkpoint
    workload.writes[index.table] = counters;
    return WriteModel(workload, analysed, observed.snapshot).load(candidates.begin()->second);
  }

  /// Of inserts into a copy of the table, after a checkpoint. The index is as full as it becomes in time:
  /// that of a new one, whose pages all are about to split, takes more at first.
  double wal_of_inserts(const std::string& keys) {
    execute("DROP TABLE IF EXISTS copy; CREATE TABLE copy (LIKE t)");
    if (!keys.empty()) execute(fmt::format("CREATE INDEX ON copy ({})", keys));
    execute("INSERT INTO copy SELECT * FROM t");
    execute("CHECKPOINT");
    const auto before = value("SELECT pg_current_wal_insert_lsn()");
    execute("INSERT INTO copy " + rows(kRows + 1, kRows + kInserted));
    return std::stod(value(fmt::format("SELECT pg_current_wal_insert_lsn() - '{}'", before)));
  }

  void use_page_images(const std::string& value_wanted) {
    execute("ALTER SYSTEM SET full_page_writes = " + value_wanted);
    execute("SELECT pg_reload_conf()");
    while (value("SHOW full_page_writes") != value_wanted) execute("SELECT pg_sleep(0.01)");
  }

  void compare() {
    const double without = wal_of_inserts("");
    for (const auto* column : {"at", "number", "token", "word"}) {
      const auto load = predicted({{"public", "t"}, "btree", {{column}}}, {.inserted = kInserted});
      const double real = wal_of_inserts(column) - without;
      const double ratio = static_cast<double>(load.overhead.wal.value) / real;
      EXPECT_GT(ratio, 0.75) << column << ": " << load.overhead.wal.value << " predicted, " << real;
      EXPECT_LT(ratio, 1.33) << column << ": " << load.overhead.wal.value << " predicted, " << real;
    }
  }

  testing::Cluster cluster_{{.settings = {{"max_wal_size", "8GB"}, {"checkpoint_timeout", "300"}}}};
  std::string database_;
};

TEST_F(RealWrites, TakeAsMuchWalAsPredicted) {
  use_page_images("on");
  compare();
}

TEST_F(RealWrites, TakeAsMuchWalAsPredictedWithoutPageImages) {
  use_page_images("off");
  compare();
}

TEST_F(RealWrites, LoseAsManyHotUpdatesAsPredicted) {
  execute("CREATE TABLE queue (id int PRIMARY KEY, state text, note text) WITH (fillfactor = 50)");
  execute("INSERT INTO queue SELECT i, 'new', '' FROM generate_series(1, 4000) i");
  execute("VACUUM ANALYZE queue");
  const auto counted = [&](const std::string& counter) {
    return std::stod(value("SELECT " + counter + " FROM pg_stat_user_tables WHERE relname = 'queue'"));
  };
  const auto update = [&] {
    const double before = counted("n_tup_hot_upd");
    const double all = counted("n_tup_upd") + 3000;
    execute("UPDATE queue SET state = state || 'x' WHERE id % 4 = 0");
    execute("VACUUM queue");
    execute("UPDATE queue SET note = note || 'x' WHERE id % 2 = 1");
    execute("VACUUM queue");
    while (counted("n_tup_upd") < all) execute("SELECT pg_sleep(0.01)");  // sessions count as they end
    return counted("n_tup_hot_upd") - before;
  };
  const double before = update();
  workload::AnalysedWorkload analysed;
  for (const auto& [column, changed] : {std::pair("state", 1000.0), std::pair("note", 2000.0)}) {
    auto& statement = analysed.statements.emplace_back();
    statement.statement.rows_per_call = changed;
    statement.parts.emplace_back().scans.writes = {{'u', {"public", "queue"}, {column}}};
  }
  model::TableCounters counters;
  counters.updated = 3000;
  counters.hot_updated = static_cast<std::int64_t>(before);
  const auto load = predicted({{"public", "queue"}, "btree", {{"state"}}}, counters, analysed);
  execute("CREATE INDEX ON queue (state)");
  const double real = before - update();
  EXPECT_GT(real, 900);
  EXPECT_NEAR(load.overhead.lost_hot, real, 0.1 * real);
}

}  // namespace
}  // namespace pgadvisor::selection
