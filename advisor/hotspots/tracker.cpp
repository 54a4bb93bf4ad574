#include "advisor/hotspots/tracker.hpp"

#include <algorithm>

namespace pgadvisor::hotspots {
namespace {

using model::HotspotState;
using model::HotspotTracker;
using model::Seconds;
using namespace std::chrono_literals;

constexpr double kLeastRate = 1 << 20;
constexpr int kWindows = 3;
constexpr Seconds kOverApart = 65min;
constexpr Seconds kNewCalm = 26h;
constexpr Seconds kKnownCalm = 24h * 8;
constexpr std::chrono::hours kNewFor{24 * 7};

/// How a window compares.
struct Degree {
  bool hot = false;
  bool over = false;
  bool high = false;  ///< still above where what is new is left
};

Degree degree(const Sight& sight) {
  Degree degree;
  degree.hot = sight.rate >= kLeastRate;
  degree.over = degree.hot && sight.baseline && sight.rate >= sight.baseline->enter;
  degree.high = degree.hot && (!sight.baseline || sight.rate >= sight.baseline->leave);
  return degree;
}

/// Counts windows of a kind, as long as they are not too far apart; windows may themselves be long. `last` is
/// the end of the last one.
void count(int& windows, model::Timestamp& last, const Sight& sight, Seconds apart) {
  const Seconds length = sight.window.to - sight.window.from;
  const Seconds since = sight.window.from - last;
  windows = since > std::max(apart, 2 * length) ? 1 : windows + 1;
  last = sight.window.to;
}

/// What was counted towards it counts towards nothing else.
void enter(HotspotTracker& tracker, HotspotState state, model::Timestamp since) {
  tracker.state = state;
  tracker.since = since;
  tracker.over = 0;
  tracker.hot = 0;
}

/// What a window can make of a table that is no new hotspot.
void rise(HotspotTracker& tracker, const Degree& seen, const Sight& sight) {
  if (seen.over && tracker.over >= kWindows) {
    enter(tracker, HotspotState::kNew, tracker.first_over);
    tracker.usual = sight.baseline->usual;
  } else if (seen.hot && tracker.hot >= kWindows && tracker.state != HotspotState::kKnown) {
    enter(tracker, HotspotState::kKnown, sight.window.from);
  } else if (tracker.state == HotspotState::kKnown && tracker.after_hot >= kKnownCalm) {
    enter(tracker, HotspotState::kResolved, sight.window.to);
  }
}

}  // namespace

HotspotTracker advance(HotspotTracker tracker, const Sight& sight) {
  const Seconds length = sight.window.to - sight.window.from;
  const Degree seen = degree(sight);
  if (seen.over) count(tracker.over, tracker.last_over, sight, kOverApart);
  if (seen.over && tracker.over == 1) tracker.first_over = sight.window.from;
  if (seen.hot) count(tracker.hot, tracker.last_hot, sight, kKnownCalm);
  tracker.after_hot = seen.hot ? Seconds{} : tracker.after_hot + length;
  tracker.after_high = seen.high ? Seconds{} : tracker.after_high + length;
  tracker.rate = sight.rate;
  if (tracker.state != HotspotState::kNew) {
    rise(tracker, seen, sight);
  } else if (tracker.after_high >= kNewCalm) {
    enter(tracker, HotspotState::kResolved, sight.window.to);
  } else if (seen.hot && sight.window.to - tracker.since >= kNewFor) {
    enter(tracker, HotspotState::kKnown, sight.window.to);
  }
  return tracker;
}

bool is_blank(const HotspotTracker& tracker) {
  return tracker.state == HotspotState::kQuiet && tracker.over == 0 && tracker.hot == 0;
}

}  // namespace pgadvisor::hotspots
