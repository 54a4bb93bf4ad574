// workloads: how long the advice for large workloads takes, how far it can be from the best, and the most
// memory that it needs at any time, that of the sandbox included.

#include "advisor/advise.hpp"
#include "collectors/model/clock.hpp"
#include "daemon/allocator.hpp"
#include "tests/bench/session.hpp"
#include "tests/bench/workbench.hpp"
#include "tests/bench/workloads/generator.hpp"
#include "tests/support/cluster.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <future>
#include <string>

namespace pgadvisor::bench {
namespace {

struct Limits {
  double seconds = 0;
  double gap = 1;        ///< share of the cost
  double megabytes = 0;  ///< of 10^6 bytes; 0: none
};

constexpr int kFactRows = 300000;
constexpr int kTables = 300;
constexpr int kTableRows = 20000;
constexpr int kStatements = 5000;

/// Runs everything once, so that pg_stat_statements knows it.
std::string prepare(testing::Cluster& cluster, const Generated& generated) {
  const auto database = cluster.create_database();
  cluster.execute("CREATE EXTENSION pg_stat_statements", database);
  cluster.execute(generated.schema, database);
  cluster.execute("VACUUM ANALYZE", database);
  // What filled the tables is no part of the workload.
  cluster.execute("SELECT pg_stat_reset()", database);
  cluster.execute("SELECT pg_stat_statements_reset()", database);
  Session session(cluster.dsn(database));
  session.execute("SET jit = off");
  for (const auto& statement : generated.statements) session.execute(statement);
  return cluster.dsn_text(database);
}

/// Does the work and answers the most memory that was in use meanwhile.
template <class Work>
model::Bytes most_memory_during(const Workbench& bench, Work work) {
  constexpr std::chrono::milliseconds kPause{100};
  auto most = bench.memory();
  auto working = std::async(std::launch::async, work);
  while (working.wait_for(kPause) != std::future_status::ready) most = std::max(most, bench.memory());
  working.get();
  return std::max(most, bench.memory());
}

bool measure(const std::string& name, const std::string& dsn, const Limits& limits) {
  Workbench bench(dsn, daemon::WithActivity::kYes);
  const auto workload = workload::from_activity(bench.activity());
  const model::SystemClock clock;
  std::string stages;
  advisor::Advice advice;
  const auto memory = most_memory_during(bench, [&] {
    advice = value_of(advisor::advise(bench.snapshot(), workload, bench.twin(), {}, clock, {},
                                      [&](std::string_view stage, model::Seconds took) {
                                        stages += fmt::format("{} {:.2f} s  ", stage, took.count());
                                      }));
  });
  const double megabytes = static_cast<double>(memory.value) / 1e6;
  const double gap = 1 - advice.cost_bound / advice.cost_after;
  const bool holds = advice.seconds <= limits.seconds && gap <= limits.gap &&
                     (limits.megabytes == 0 || megabytes <= limits.megabytes);
  fmt::print("{:<24}{:>11}{:>9}{:>9}{:>9.4f}{:>7.1f}%{:>9}{:>9.1f}{:>8.0f}  {}\n", name, advice.statements,
             advice.analysed, advice.recommendations.size(), advice.cost_after / advice.cost_before,
             100 * gap, advice.planner_calls, advice.seconds, megabytes,
             holds ? ""
                   : fmt::format("misses {:.0f} s, {:.0f} %, {:.0f} MB", limits.seconds, 100 * limits.gap,
                                 limits.megabytes));
  fmt::print("  {}\n", stages);
  std::fflush(stdout);
  return holds;
}

bool run(const std::vector<std::uint32_t>& seeds, bool joined, bool many) {
  testing::Cluster cluster({.settings = {{"pg_stat_statements.max", "20000"},
                                         {"max_locks_per_transaction", "512"},
                                         {"shared_buffers", "512MB"},
                                         {"max_wal_size", "8GB"}}});
  fmt::print("{:<24}{:>11}{:>9}{:>9}{:>9}{:>8}{:>9}{:>9}{:>8}\n", "workload", "statements", "analysed",
             "indexes", "cost", "gap", "calls", "seconds", "MB");
  bool holds = true;
  for (const auto seed : seeds) {
    if (joined) {
      const auto dsn = prepare(cluster, joined_tables(seed, 100, 12, kFactRows));
      holds &= measure(fmt::format("joins of 12, seed {}", seed), dsn, {30, 0.05, 0});
    }
    if (many) {
      const auto dsn = prepare(cluster, many_tables(seed, kStatements, kTables, kTableRows));
      holds &= measure(fmt::format("{} tables, seed {}", kTables, seed), dsn, {60, 1, 300});
    }
  }
  return holds;
}

}  // namespace
}  // namespace pgadvisor::bench

int main(int argc, char** argv) {
  pgadvisor::daemon::return_freed_memory();  // as pgadvisor does
  CLI::App app{"The advice for large workloads: seconds, gap, memory. Exits with 1 when a limit is missed."};
  std::vector<std::uint32_t> seeds{1};
  std::string only;
  app.add_option("--seed", seeds, "of the workloads; several may be given")->capture_default_str();
  app.add_option("--only", only, "one of them")->check(CLI::IsMember({"joined", "many"}));
  CLI11_PARSE(app, argc, argv);
  try {
    return pgadvisor::bench::run(seeds, only != "many", only != "joined") ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "workloads: {}\n", error.what());
    return 2;
  }
}
