#pragma once

#include "tests/support/cluster.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pgadvisor::bench {

struct Watch {
  std::chrono::minutes time{30};
  double limit = 0.001;  ///< collect.duty_cycle_limit
};

/// What a daemon cost the server it watched.
struct Watched {
  struct Task {
    std::string name;
    double cost = 0;      ///< seconds in the server, mean of its runs
    double interval = 0;  ///< after the last run
  };
  std::vector<Task> tasks;
  std::map<std::string, std::int64_t> growth;  ///< bytes, by application_name: the most of its backends
  double settled_after = 0;                    ///< seconds until every task had run, advice included
  double spent_before = 0;                     ///< seconds in the server until then
  double spent = 0;                            ///< and since then
  double time = 0;                             ///< of the latter
  double duty_cycle = 0;                       ///< as the daemon says
};

/// Runs `pgadvisor serve` with its default intervals against `database`, and looks at its metrics and at the
/// memory of its backends.
[[nodiscard]] Watched watch_with_daemon(const testing::Cluster& cluster, const std::string& database,
                                        const Watch& watch);

}  // namespace pgadvisor::bench
