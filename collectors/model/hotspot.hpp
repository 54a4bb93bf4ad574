#pragma once

#include "collectors/model/ids.hpp"
#include "collectors/model/units.hpp"

#include <string_view>
#include <vector>

namespace pgadvisor::model {

/// What sequential scans read of one table in one hour, as far as it was no maintenance.
struct ReadHour {
  ObjectName table;
  Timestamp hour{};    ///< its start
  double scans = 0;    ///< as counted
  double rows = 0;     ///< as counted
  double bytes = 0;    ///< of the heap
  double peak = 0;     ///< bytes per second in the busiest window that touches the hour
  Seconds obscured{};  ///< time in which maintenance read the table: nothing is known of it

  bool operator==(const ReadHour&) const = default;
};

/// How long a database was watched in one hour.
struct WatchedHour {
  Timestamp hour{};
  Seconds watched{};

  bool operator==(const WatchedHour&) const = default;
};

enum class HotspotState {
  kQuiet = 0,     ///< never was one
  kNew = 1,       ///< reads far more than usual at this hour of the week
  kKnown = 2,     ///< reads much, as it does
  kResolved = 3,  ///< was one
};

[[nodiscard]] constexpr std::string_view to_string(HotspotState state) {
  switch (state) {
    case HotspotState::kQuiet:
      return "quiet";
    case HotspotState::kNew:
      return "new";
    case HotspotState::kKnown:
      return "known";
    case HotspotState::kResolved:
      return "resolved";
  }
  return "quiet";
}

/// What is remembered of a table between windows, by name. Times since something are time watched, not time
/// passed: nothing is concluded from what nobody saw.
struct HotspotTracker {
  ObjectName table;
  HotspotState state = HotspotState::kQuiet;
  Timestamp since{};       ///< when this state began
  Timestamp last_hot{};    ///< end of the last hot window; the epoch: none
  int over = 0;            ///< windows over the baseline, not far apart
  Timestamp first_over{};  ///< start of the first of them
  Timestamp last_over{};   ///< end of the last of them
  int hot = 0;             ///< hot windows, not far apart
  Seconds after_high{};    ///< since the last one that was still high
  Seconds after_hot{};     ///< since the last hot one
  double usual = 0;        ///< bytes per second that were usual when it became new
  double rate = 0;         ///< bytes per second in the last window

  bool operator==(const HotspotTracker&) const = default;
};

/// What one window adds to what is kept of a database's hotspots.
struct HotspotChanges {
  std::vector<HotspotTracker> trackers;  ///< those that changed
  std::vector<ReadHour> read;            ///< added to what is there; the greater peak stays
  std::vector<WatchedHour> watched;      ///< added to what is there
};

/// What one window is judged by.
struct HotspotHistory {
  std::vector<HotspotTracker> trackers;
  std::vector<ReadHour> read;  ///< of the last day, and of this hour of earlier weeks and its neighbours
  std::vector<WatchedHour> watched;  ///< all, in their order
};

}  // namespace pgadvisor::model
