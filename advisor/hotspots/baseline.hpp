#pragma once

#include "collectors/model/hotspot.hpp"

#include <optional>
#include <span>
#include <vector>

namespace pgadvisor::hotspots {

/// Rates (bytes per second) that tell a usual window from others.
struct Baseline {
  double usual = 0;  ///< median of what was read at this hour of the week
  double enter = 0;  ///< above it a window is over the baseline
  double leave = 0;  ///< below it one is not high any more
};

/// The median, and the median of the distances to it (MAD), which a single outlier does not move.
struct Middle {
  double median = 0;
  double deviation = 0;
};
[[nodiscard]] Middle middle_of(std::vector<double> values);

/// How well a table is known as a hotspot.
enum class Familiar {
  kNo,
  kYes,       ///< it was one before: whatever it once read at this hour is no news
  kRecently,  ///< for about a week at most: what it read at this hour yesterday is no news either
};

/// What is usual for a table around `at`: from the busiest windows of the same hour of earlier weeks. Over it
/// is what is at least five times the median and five deviations (1.4826 MAD estimate a standard deviation)
/// away. The hours before and after count as well, so that a job that starts a little earlier, or changes
/// with daylight saving time, is not new. `hours` are those of the table. Empty when it is not known: less
/// than seven days watched, or never at this hour.
[[nodiscard]] std::optional<Baseline> baseline(std::span<const model::ReadHour> hours,
                                               std::span<const model::WatchedHour> watched,
                                               model::Timestamp at, Familiar familiar);

}  // namespace pgadvisor::hotspots
