#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace pgadvisor::daemon::metrics {

/// Keeps one family below a number of series without letting it flap: a series once shown stays as long as it
/// exists, and a family that was full takes new series only after it fell to nine tenths of the limit. Not
/// thread-safe.
class SeriesCap {
 public:
  explicit SeriesCap(std::size_t limit) : limit_(limit) {}

  /// Which of the wanted series (by a key that identifies each; no key twice) are shown, in their order.
  [[nodiscard]] std::vector<bool> admit(const std::vector<std::string>& wanted);

  /// Series left out, summed over all calls of admit(): a counter.
  [[nodiscard]] std::int64_t dropped() const { return dropped_; }

 private:
  std::size_t limit_;
  std::set<std::string> shown_;
  bool full_ = false;
  std::int64_t dropped_ = 0;
};

}  // namespace pgadvisor::daemon::metrics
