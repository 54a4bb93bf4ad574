// How long a large schema takes to be cloned, what the sandbox needs for it, and how long the twin takes to
// follow a change: with rows enough for statistics, as none is copied.

#include "advisor/sandbox/database.hpp"
#include "advisor/sandbox/server.hpp"
#include "collectors/model/clock.hpp"
#include "daemon/observe.hpp"
#include "tests/bench/workbench.hpp"
#include "tests/support/cluster.hpp"
#include "tests/support/daemon.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <chrono>
#include <exception>
#include <filesystem>
#include <string>
#include <utility>

namespace pgadvisor::bench {
namespace {

struct Shape {
  int tables = 1000;
  int indexes = 5;  ///< of each table, its primary key among them
  int rows = 300;
};

/// Tables in schemas of a hundred, each referring to the one before, some behind a view.
std::string schema_sql(const Shape& shape) {
  std::string sql = "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');";
  for (int i = 0; i < shape.tables; ++i) {
    if (i % 100 == 0) sql += fmt::format("CREATE SCHEMA area_{};", i / 100);
    const std::string table = fmt::format("area_{}.table_{}", i / 100, i);
    sql += fmt::format(
        "CREATE TABLE {} (id int PRIMARY KEY, parent_id int{}, name text, kind varchar(20), mood mood, "
        "amount numeric(10,2),"
        " created_at timestamptz, day date, tags text[], attributes jsonb);"
        "INSERT INTO {} SELECT i, i, 'name ' || i, 'kind ' || i % 9, (ARRAY['sad','ok','happy']::mood[])[1 + "
        "i % 3], i / 7.0,"
        " timestamptz '2024-01-01' + i * interval '1 h', date '2024-01-01' + i % 40, ARRAY['t' || i % 5], "
        "'{{}}'"
        " FROM generate_series(1, {}) i;",
        table, i == 0 ? "" : fmt::format(" REFERENCES area_{}.table_{}", (i - 1) / 100, i - 1), table,
        shape.rows);
    const char* const keys[] = {"parent_id",
                                "name text_pattern_ops",
                                "kind, created_at DESC",
                                "lower(name)",
                                "day",
                                "amount",
                                "created_at",
                                "mood, day"};
    for (int k = 1; k < shape.indexes; ++k)
      sql += fmt::format("CREATE INDEX ON {} ({});", table, keys[(k - 1) % 8]);
    if (i % 10 == 0)
      sql += fmt::format("CREATE VIEW area_{0}.view_{1} AS SELECT id, name FROM {2};", i / 100, i, table);
  }
  return sql;
}

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(clock_.monotonic() - begin_).count(); }

 private:
  model::SystemClock clock_;
  std::chrono::steady_clock::time_point begin_ = clock_.monotonic();
};

std::int64_t disk_of(const std::filesystem::path& folder) {
  std::int64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) bytes += static_cast<std::int64_t>(entry.file_size());
  }
  return bytes;
}

class LargeSchema {
 public:
  explicit LargeSchema(const Shape& shape)
      : cluster_({.settings = {{"max_locks_per_transaction", "1024"}}, .preload_statements = false}) {
    database_ = cluster_.create_database();
    cluster_.execute(schema_sql(shape), database_);
    cluster_.execute("ANALYZE", database_);
  }

  void run() {
    auto server = sandbox::Server::start({.folder = folder_.path() / "sandbox",
                                          .user = {},
                                          .modules = std::filesystem::path(PGADVISOR_BINARY_DIR) / "lib"},
                                         150000)
                      .value();
    const Stopwatch look;
    auto seen = snapshot();
    fmt::print("snapshot              {:6.2f} s\n", look.seconds());
    const std::int64_t empty = disk_of(folder_.path());
    const Stopwatch cloning;
    auto twin = sandbox::Database::clone(server, cluster_.dsn(), seen).value();
    fmt::print("clone                 {:6.2f} s\n", cloning.seconds());
    for (const auto& note : twin.left_out()) fmt::print("  left out: {}\n", note);
    fmt::print("memory of the sandbox {:6.0f} MB\n", static_cast<double>(memory_of(folder_.path()).value) / 1e6);
    fmt::print("disk of the twin      {:6.0f} MB\n",
               static_cast<double>(disk_of(folder_.path()) - empty) / 1e6);
    const auto follow = [&](const char* what, const std::string& sql) {
      cluster_.execute(sql, database_);
      auto now = snapshot();
      const Stopwatch following;
      twin.follow(server, cluster_.dsn(), seen, now).value();
      fmt::print("{:21} {:6.2f} s\n", what, following.seconds());
      seen = std::move(now);
    };
    follow("no change", "SELECT 1");
    follow("a column and an index",
           "ALTER TABLE area_0.table_7 ADD COLUMN extra int; CREATE INDEX ON area_0.table_7 (extra)");
    follow(
        "ANALYZE of one table",
        "INSERT INTO area_0.table_9 SELECT i + 1000000 FROM generate_series(1, 0) i; ANALYZE area_0.table_9");
    follow("ANALYZE of all", "ANALYZE");
  }

 private:
  model::DatabaseSnapshot snapshot() {
    return daemon::observe(cluster_.dsn(database_), {}, daemon::WithActivity::kNo).value().snapshot;
  }

  testing::TemporaryFolder folder_;
  testing::Cluster cluster_;
  std::string database_;
};

}  // namespace
}  // namespace pgadvisor::bench

int main(int argc, char** argv) {
  pgadvisor::bench::Shape shape;
  CLI::App app("Clones a large schema and lets the twin follow changes.");
  app.add_option("--tables", shape.tables, "tables")->capture_default_str();
  app.add_option("--indexes", shape.indexes, "indexes of each table")->capture_default_str();
  app.add_option("--rows", shape.rows, "rows of each table")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    fmt::print("{} tables, {} indexes\n", shape.tables, shape.tables * shape.indexes);
    pgadvisor::bench::LargeSchema(shape).run();
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "large_schema: {}\n", error.what());
    return 1;
  }
}
