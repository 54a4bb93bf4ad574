#pragma once

#include "collectors/model/units.hpp"

#include <chrono>

namespace pgadvisor::model {

/// Time as a parameter. The only place that asks the operating system for the time is SystemClock.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Wall-clock time of this machine (not of the monitored server).
  [[nodiscard]] virtual Timestamp now() const = 0;
  /// For intervals; never goes back.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point monotonic() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
  [[nodiscard]] std::chrono::steady_clock::time_point monotonic() const override {
    return std::chrono::steady_clock::now();
  }
};

}  // namespace pgadvisor::model
