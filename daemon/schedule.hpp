#pragma once

#include "collectors/model/result.hpp"
#include "collectors/model/units.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace pgadvisor::daemon {

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
  /// Puts it off where it would come earlier.
  void not_before(Time time, model::Seconds interval) {
    next_ = std::max(next_, time + std::chrono::duration_cast<std::chrono::steady_clock::duration>(interval));
  }

 private:
  Time next_{};
};

}  // namespace pgadvisor::daemon
