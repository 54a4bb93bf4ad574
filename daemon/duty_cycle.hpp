#pragma once

#include "collectors/model/units.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace pgadvisor::daemon {

/// Names one repeated piece of work; `database` is empty where it is of the whole server.
struct TaskId {
  std::string name;
  std::string database;

  auto operator<=>(const TaskId&) const = default;
};

/// How much each of several demands may have at most, so that all together stay within `limit`: who wants
/// less gets it and leaves the rest to the others (max-min fairness; Bertsekas and Gallager, Data
/// Networks, 6.5.2). Infinite when there is enough for all. Demands are not negative.
[[nodiscard]] double fair_share(std::vector<double> demands, double limit);

/// Keeps what the repeated tasks cost the monitored server below a share of one core, by the time that is
/// left between their runs. Tasks that are cheap keep their interval, the dear ones share what is left. A run
/// that was dearer than those before it is paid back over the next few: what a task costs is its
/// exponentially weighted mean, whose weights sum up to one, so that in the long run nothing is left unpaid.
/// Not thread-safe.
class DutyCycle {
 public:
  explicit DutyCycle(double limit) : limit_(limit) {}

  /// A run has ended that took `cost` of the server's time, and would be repeated after `wanted`: how long to
  /// wait at least. Zero when there is enough for all.
  [[nodiscard]] model::Seconds least_wait(const TaskId& task, model::Seconds wanted, model::Seconds cost);
  /// The same as of now, when others may have run since and left less or more; zero when it never ran.
  [[nodiscard]] model::Seconds least_wait(const TaskId& task) const;
  /// Time in the server / time, of one core: every task's mean cost over its present interval.
  [[nodiscard]] double ratio() const;
  /// Forgets a database that is no longer watched.
  void forget(const std::string& database);

 private:
  void share_out();

  struct Run {
    model::Seconds cost{};
    model::Seconds wanted{};
    model::Seconds least{};
    model::Seconds interval{};
  };

  double limit_;
  std::map<TaskId, Run> runs_;
};

}  // namespace pgadvisor::daemon
