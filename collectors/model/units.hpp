#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace pgadvisor::model {

/// A number with a unit: only like adds to like; scaling is by plain numbers; a ratio is a plain number.
template <class Tag, class Rep>
struct Quantity {
  Rep value{};

  constexpr auto operator<=>(const Quantity&) const = default;
  constexpr Quantity& operator+=(Quantity other) {
    value += other.value;
    return *this;
  }
  constexpr Quantity& operator-=(Quantity other) {
    value -= other.value;
    return *this;
  }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return {a.value + b.value}; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return {a.value - b.value}; }
  friend constexpr Quantity operator*(Quantity a, double factor) {
    return {static_cast<Rep>(static_cast<double>(a.value) * factor)};
  }
  friend constexpr double operator/(Quantity a, Quantity b) {
    return static_cast<double>(a.value) / static_cast<double>(b.value);
  }
};

using Bytes = Quantity<struct BytesTag, std::int64_t>;
/// PostgreSQL's planner cost unit: one sequential page fetch at seq_page_cost = 1.
using Cost = Quantity<struct CostTag, double>;

using Milliseconds = std::chrono::duration<double, std::milli>;
using Seconds = std::chrono::duration<double>;
/// Wall-clock time, UTC, with PostgreSQL's resolution.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// PostgreSQL's default block size; servers built with another one are refused by `doctor` and the sandbox.
inline constexpr std::int64_t kBlockSize = 8192;

}  // namespace pgadvisor::model
