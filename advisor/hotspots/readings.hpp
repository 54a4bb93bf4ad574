#pragma once

#include "advisor/hotspot.hpp"
#include "advisor/hotspots/judge.hpp"
#include "collectors/model/hotspot.hpp"
#include "collectors/model/window.hpp"

#include <deque>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace pgadvisor::hotspots {

/// What one judged window says that sequential scans read, in bytes per second by table. Empty: maintenance
/// read the table too, nothing is known. A table that is not in it was not read.
struct WindowReads {
  model::Window window;
  std::map<model::ObjectName, std::optional<double>> tables;
};

/// Empty when the judgement is of a gap, which tells nothing.
[[nodiscard]] std::optional<WindowReads> reads_of(const model::Window& window, const Judgement& judgement);

/// A table's readings, oldest first: of each hour that the history keeps, then of each recent window. What
/// `recent` speaks of is taken out of the hour in which it begins. An hour that was watched for less than a
/// minute is left out; one of which maintenance leaves less than that is not known. `recent` is in its order;
/// `hours` may be of other tables, too.
[[nodiscard]] std::vector<advisor::HotspotReading> readings(const model::ObjectName& table,
                                                            std::span<const model::ReadHour> hours,
                                                            std::span<const model::WatchedHour> watched,
                                                            const std::deque<WindowReads>& recent);

}  // namespace pgadvisor::hotspots
