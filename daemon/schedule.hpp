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
  void after(Time time, model::Seconds interval) { next_ = time + to_clock(interval); }
  void at_once() { next_ = {}; }
  /// Never ran, or is wanted at once.
  [[nodiscard]] bool is_urgent() const { return next_ == Time{}; }
  /// Puts it off where it would come earlier, brings it forward where it would come later.
  void not_before(Time time, model::Seconds interval) { next_ = std::max(next_, time + to_clock(interval)); }
  void not_after(Time time, model::Seconds interval) { next_ = std::min(next_, time + to_clock(interval)); }

 private:
  static std::chrono::steady_clock::duration to_clock(model::Seconds interval) {
    return std::chrono::duration_cast<std::chrono::steady_clock::duration>(interval);
  }

  Time next_{};
};

}  // namespace pgadvisor::daemon
