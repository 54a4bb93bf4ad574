#pragma once

#include "collectors/model/clock.hpp"

#include <chrono>

namespace pgadvisor::history {

/// 2024-01-01 00:00 UTC, a Monday, and so long after it.
inline model::Timestamp at(std::chrono::seconds after) {
  return model::Timestamp(std::chrono::seconds(1704067200) + after);
}

class TestClock final : public model::Clock {
 public:
  explicit TestClock(model::Timestamp start) : time(start) {}

  model::Timestamp time;
  model::Timestamp now() const override { return time; }
  std::chrono::steady_clock::time_point monotonic() const override { return {}; }
};

}  // namespace pgadvisor::history
