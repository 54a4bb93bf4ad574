// budgets: the advice for a workload at several storage budgets, each set built for real: is the predicted
// cost the planner's, is the size, and do the statements run faster?

#include "advisor/advise.hpp"
#include "collectors/model/clock.hpp"
#include "config/units.hpp"
#include "tests/bench/budgets/production.hpp"
#include "tests/bench/schema.hpp"
#include "tests/bench/workbench.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

namespace pgadvisor::bench {
namespace {

constexpr double kMegabyte = 1e6;  // as disks are sold: a little less than PostgreSQL's
/// A statement that takes so many times as long is a regression.
constexpr double kSlower = 1.2;
constexpr int kRuns = 3;

struct Options {
  std::string dsn;
  std::filesystem::path queries;
  std::vector<double> budgets{250, 500, 1000, 2000, 0};  ///< megabytes; 0: unlimited
  double min_gain = 0.5;
  double max_slowdown = advisor::Options{}.max_slowdown;
  double run = -1;  ///< the budget whose set the statements are run with; < 0: none
  bool stages = false;
  bool indexes = false;
};

std::string budget_name(double megabytes) {
  return megabytes > 0 ? fmt::format("{:.0f} MB", megabytes) : "unlimited";
}

class Bench {
 public:
  explicit Bench(const Options& options)
      : options_(options),
        workload_(value_of(workload::from_files(options.queries))),
        bench_(options.dsn),
        production_(bench_.dsn(), workload_) {
    for (const auto& view : workload_.views) value_of(bench_.twin().create_view(view));
    planned_ = workload_;
    planned_.views.clear();
    before_ = production_.cost();
  }

  void run() {
    fmt::print("{} statements, planner cost without the indexes {:.0f}; MB are 10^6 bytes\n\n",
               workload_.statements.size(), before_);
    fmt::print("{:<10}{:>8}{:>11}{:>8}{:>8}{:>8}{:>14}{:>9}{:>7}{:>9}\n", "budget", "indexes", "predicted",
               "real", "bound", "gap", "predicted MB", "real MB", "calls", "seconds");
    for (const double budget : options_.budgets) try_budget(budget);
  }

 private:
  void try_budget(double budget) {
    const auto advice = advise(budget);
    production_.build(advice.recommendations);
    const double real_cost = production_.cost();
    const double real_bytes = production_.built_bytes();
    fmt::print("{:<10}{:>8}{:>11.4f}{:>8.4f}{:>8.4f}{:>7.1f}%{:>14.1f}{:>9.1f}{:>7}{:>9.2f}\n",
               budget_name(budget), advice.recommendations.size(), advice.cost_after / advice.cost_before,
               real_cost / before_, advice.cost_bound / advice.cost_before,
               100 * (1 - advice.cost_bound / advice.cost_after),
               static_cast<double>(advice.size.value) / kMegabyte, real_bytes / kMegabyte,
               advice.planner_calls, advice.seconds);
    if (options_.stages) fmt::print("          {}\n", stages_);
    if (options_.indexes) {
      for (const auto& one : advice.recommendations) {
        fmt::print("          {:>7.1f} MB {:>6.2f} % {}\n", static_cast<double>(one.size.value) / kMegabyte,
                   100 * one.benefit_share, one.ddl);
      }
    }
    if (options_.run == budget) compare_times(advice);
    production_.drop();
    std::fflush(stdout);
  }

  advisor::Advice advise(double budget) {
    stages_.clear();
    value_of(bench_.twin().reset());
    advisor::Options options;
    options.budget = {static_cast<std::int64_t>(budget * kMegabyte)};
    options.min_gain = options_.min_gain;
    options.max_slowdown = options_.max_slowdown;
    const model::SystemClock clock;
    auto advice = value_of(advisor::advise(bench_.snapshot(), planned_, bench_.twin(), options, clock, {},
                                           [&](std::string_view stage, model::Seconds took) {
                                             stages_ += fmt::format("{} {:.2f} s  ", stage, took.count());
                                           }));
    return advice;
  }

  /// With the set that is built, and without it.
  void compare_times(const advisor::Advice& advice) {
    const auto measured = production_.times(kRuns);
    fmt::print("\n{:<30}{:>10}{:>10}{:>8}{:>11}{:>10}\n", "seconds, warm, median of three", "before", "after",
               "times", "predicted", "expected");
    Production::Times sum;
    for (std::size_t i = 0; i < measured.size(); ++i) {
      const auto& [without, with] = measured[i];
      sum.without += without;
      sum.with += with;
      const double times = with / std::max(without, 1e-6);
      const auto& predicted = advice.top_statements[i];
      const double before = predicted.cost_before.value;
      fmt::print("{:<30}{:>10.3f}{:>10.3f}{:>8.2f}{:>11.2f}{:>10.2f}{}\n", workload_.statements[i].id,
                 without, with, times, predicted.cost_after.value / before,
                 predicted.expected_after.value / before, times > kSlower ? "  slower" : "");
    }
    fmt::print("{:<30}{:>10.3f}{:>10.3f}{:>8.2f}\n\n", "sum", sum.without, sum.with, sum.with / sum.without);
  }

  const Options& options_;
  workload::Workload workload_;
  workload::Workload planned_;  ///< its views exist already
  Workbench bench_;
  Production production_;
  double before_ = 0;
  std::string stages_;
};

/// The bench's own analytic schema, where no server was named.
void run_own(Options options) {
  testing::Cluster cluster(cluster_options());
  const auto schema = load_schema(cluster, "analytic", 1);
  options.dsn = cluster.dsn_text(schema.name);
  options.queries =
      std::filesystem::path(PGADVISOR_SOURCE_DIR) / "tests/bench/schemas/analytic/statements.sql";
  Bench(options).run();
}

}  // namespace
}  // namespace pgadvisor::bench

int main(int argc, char** argv) {
  CLI::App app{"The advice for a workload at several storage budgets, each set of indexes built for real."};
  pgadvisor::bench::Options options;
  auto* dsn = app.add_option("--dsn", options.dsn,
                             "a server with rows and statistics, where indexes are built and "
                             "rolled back; else one of its own");
  app.add_option("--queries", options.queries, "a .sql file or a folder of them")->needs(dsn);
  app.add_option("--budget", options.budgets, "in MB of 10^6 bytes, 0: unlimited; several may be given");
  app.add_option("--min-gain", options.min_gain, "as that of `pgadvisor advise`");
  app.add_option("--max-slowdown", options.max_slowdown, "as the setting advise.max_slowdown");
  app.add_option("--run", options.run, "run the statements with this budget's set, and without");
  app.add_flag("--stages", options.stages, "what each stage of the advice took");
  app.add_flag("--indexes", options.indexes, "list the indexes");
  CLI11_PARSE(app, argc, argv);
  try {
    if (options.dsn.empty()) {
      pgadvisor::bench::run_own(options);
    } else {
      pgadvisor::bench::Bench(options).run();
    }
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "budgets: {}\n", error.what());
    return 2;
  }
}
