// own_cost: what looking at a large server costs it: each poll's time in the database and the memory its
// backend takes, beside the naive way to ask for the same, and the duty cycle of a daemon that watches it.

#include "tests/bench/own_cost/catalog.hpp"
#include "tests/bench/own_cost/looks.hpp"
#include "tests/bench/own_cost/watching.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>

namespace pgadvisor::bench {
namespace {

constexpr double kMostSeconds = 1;
constexpr std::int64_t kMostGrowth = 50LL << 20;
/// Of sums that come out at the limit itself.
constexpr double kRounding = 1e-9;

void print(const std::vector<Look>& looks) {
  for (const auto& look : looks) {
    fmt::print("{:30} {:9.1f} ms {:9.1f} ms {:9.1f} ms {:8.1f} MB\n", look.what, 1000 * look.first,
               1000 * look.processor, 1000 * look.again, static_cast<double>(look.growth) / (1 << 20));
  }
}

/// True when it was met.
bool goal(const char* what, bool met) {
  fmt::print("{:6} {}\n", met ? "met" : "MISSED", what);
  return met;
}

bool measure_looks(const testing::Cluster& cluster, const std::string& database) {
  fmt::print("{:30} {:>12} {:>12} {:>12} {:>11}\n", "look", "first", "processor", "again", "backend");
  const auto own = own_looks(cluster, database);
  print(own);
  double waited = 0;
  double round = 0;
  std::int64_t growth = 0;
  for (const auto& look : own) {
    if (look.counters) waited += look.first;
    if (look.counters) round += look.processor;
    growth = std::max(growth, look.growth);
  }
  fmt::print("{:30} {:9.1f} ms {:9.1f} ms\n\nthe naive way\n", "one round of counter polls", 1000 * waited,
             1000 * round);
  print(naive_looks(cluster, database));
  fmt::print("\n");
  const bool fast =
      goal("one round of counter polls takes less than 1 s of the server's processor", round < kMostSeconds);
  return goal("no backend of a poll or a catalog pass grows by more than 50 MB", growth < kMostGrowth) &&
         fast;
}

bool measure_daemon(const testing::Cluster& cluster, const std::string& database, const Watch& watch) {
  fmt::print("\na daemon with its default intervals at a pace of {}, limit {} of one core\n", watch.pace,
             watch.limit());
  std::fflush(stdout);
  const auto seen = watch_with_daemon(cluster, database, watch);
  for (const auto& task : seen.tasks) {
    fmt::print("{:30} {:9.1f} ms a run, every {:6.0f} s, {} times since it had adjusted itself\n", task.name,
               1000 * task.cost, task.interval, task.runs);
  }
  for (const auto& [name, bytes] : seen.growth) {
    fmt::print("{:30} {:9.1f} MB grown\n", "backend of " + name, static_cast<double>(bytes) / (1 << 20));
  }
  fmt::print("{:30} {:9.1f} s\n", "until it had adjusted itself", seen.settled_after);
  fmt::print("{:30} {:9.3f} s\n", "time in the server by then", seen.spent_before);
  fmt::print("{:30} {:9.3f} s in {:.0f} s: {:.5f}\n", "time in the server after that", seen.spent, seen.time,
             seen.spent / seen.time);
  fmt::print("{:30} {:9.3f} s in {:.0f} s: {:.5f}\n", "processor time of its backends", seen.processor,
             seen.time, seen.processor / seen.time);
  fmt::print("{:30} {:.5f}\n\n", "duty cycle as exported", seen.duty_cycle);
  const bool all = goal("every task ran since it had adjusted itself", seen.every_task_ran());
  const bool small =
      goal("no backend of the daemon, pg_dump's included, grows by more than 50 MB",
           std::ranges::all_of(seen.growth, [](const auto& entry) { return entry.second < kMostGrowth; }));
  const bool by_kernel = goal("the processor time of its backends is below the limit",
                              seen.processor / seen.time < watch.limit());
  const bool by_daemon =
      goal("so is the time that it waited for the server", seen.spent / seen.time < watch.limit());
  return goal("and the duty cycle that it exports is not above it",
              seen.duty_cycle <= watch.limit() * (1 + kRounding)) &&
         all && small && by_kernel && by_daemon;
}

}  // namespace
}  // namespace pgadvisor::bench

int main(int argc, char** argv) {
  using namespace pgadvisor;
  bench::CatalogShape shape;
  bench::Watch watch;
  int minutes = 30;
  int most = 600;
  CLI::App app("Measures what looking at a server with many tables and indexes costs it.");
  app.add_option("--tables", shape.tables, "tables")->capture_default_str();
  app.add_option("--indexes", shape.indexes, "indexes of each table, at most 10")->capture_default_str();
  app.add_option("--statements", shape.statements, "entries of pg_stat_statements")->capture_default_str();
  app.add_option("--pace", watch.pace,
                 "how many times as often a daemon does everything, under so many times the limit")
      ->check(CLI::Range(1, 10))
      ->capture_default_str();
  app.add_option("--minutes", minutes, "how long a daemon is watched at least; 0: not at all")
      ->capture_default_str();
  app.add_option("--most-minutes", most, "when it is watched no longer, whatever has not run again")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  watch.time = std::chrono::minutes(minutes);
  watch.most = std::chrono::minutes(most);
  try {
    testing::Cluster cluster(
        {.settings = {{"max_locks_per_transaction", "2048"}, {"shared_buffers", "512MB"}}});
    const auto database = bench::make_large_catalog(cluster, shape);
    fmt::print("{} tables, {} indexes, {} statements\n\n", shape.tables, shape.tables * shape.indexes,
               cluster.value("SELECT count(*) FROM pg_stat_statements(false)"));
    bool met = bench::measure_looks(cluster, database);
    std::fflush(stdout);
    if (minutes > 0) met = bench::measure_daemon(cluster, database, watch) && met;
    return met ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "own_cost: {}\n", error.what());
    return 1;
  }
}
