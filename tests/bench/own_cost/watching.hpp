#pragma once

#include "tests/support/cluster.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pgadvisor::bench {

struct Watch {
  std::chrono::minutes time{30};  ///< at least, once the daemon has adjusted itself
  std::chrono::minutes most{600};
  /// Everything is wanted so many times as often, and may take so many times the default share: what a day
  /// would show at 1 is seen in an hour at 24.
  int pace = 1;

  [[nodiscard]] double limit() const { return 0.001 * pace; }  ///< collect.duty_cycle_limit
};

/// What a daemon cost the server it watched.
struct Watched {
  struct Task {
    std::string name;
    double cost = 0;        ///< seconds in the server, mean of its runs
    double interval = 0;    ///< after the last run; 0: it is not repeated
    std::int64_t runs = 0;  ///< since it had adjusted itself
  };
  std::vector<Task> tasks;
  std::map<std::string, std::int64_t> growth;  ///< bytes, by application_name: the most of its backends
  double settled_after = 0;                    ///< seconds until every task had run, advice included
  double spent_before = 0;                     ///< seconds in the server until then, as the daemon says
  double spent = 0;                            ///< and since then
  double processor = 0;                        ///< what its backends took since then, as the kernel says
  double time = 0;                             ///< since then
  double duty_cycle = 0;                       ///< as the daemon says

  [[nodiscard]] bool every_task_ran() const {
    return std::ranges::all_of(tasks, [](const Task& task) { return task.runs > 0 || task.interval == 0; });
  }
};

/// Runs `pgadvisor serve` with its default intervals against `database`, and looks at its metrics and at the
/// memory and processor time of its backends, until every task has run again after it had adjusted itself.
/// Nobody else may connect meanwhile, and autovacuum has to be off.
[[nodiscard]] Watched watch_with_daemon(const testing::Cluster& cluster, const std::string& database,
                                        const Watch& watch);

}  // namespace pgadvisor::bench
