#pragma once

#include "collectors/model/result.hpp"
#include "collectors/model/units.hpp"

#include <chrono>
#include <cstdint>

namespace pgadvisor::daemon {

/// The interval of a task, stretched so that it stays within its share of the duty cycle: `took` is the time
/// its last run spent in the monitored server, `limit` the share of one core that `tasks` tasks may take
/// together.
[[nodiscard]] model::Seconds stretched(model::Seconds interval, model::Seconds took, double limit, int tasks);

/// How long to wait before the next attempt to connect: from 1 s doubling to 60 s, with jitter of a quarter;
/// at once 30 s or more when somebody has to change something first (wrong password, no such database), so
/// that the server's log is not flooded. `jitter` is uniform in 0..1.
[[nodiscard]] model::Seconds reconnect_delay(int failures, const model::Error& error, double jitter);

/// When a repeated task runs next. Starts due.
class Due {
 public:
  using Time = std::chrono::steady_clock::time_point;

  [[nodiscard]] bool now(Time time) const { return time >= next_; }
  [[nodiscard]] Time next() const { return next_; }
  void after(Time time, model::Seconds interval) {
    next_ = time + std::chrono::duration_cast<std::chrono::steady_clock::duration>(interval);
  }
  void at_once() { next_ = {}; }

 private:
  Time next_{};
};

}  // namespace pgadvisor::daemon
