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

/// Counts windows of a kind, as long as they are not too far apart; windows may themselves be long.
void count(int& windows, Seconds& after, bool seen, Seconds apart, Seconds length) {
  after += length;
  if (after - length > std::max(apart, 2 * length)) windows = 0;
  if (!seen) return;
  ++windows;
  after = Seconds{};
}

void enter(HotspotTracker& tracker, HotspotState state, model::Timestamp since) {
  tracker.state = state;
  tracker.since = since;
}

void resolve(HotspotTracker& tracker, model::Timestamp at) {
  enter(tracker, HotspotState::kResolved, at);
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
    resolve(tracker, sight.window.to);
  }
}

}  // namespace

HotspotTracker advance(HotspotTracker tracker, const Sight& sight) {
  const Seconds length = sight.window.to - sight.window.from;
  const Degree seen = degree(sight);
  count(tracker.over, tracker.after_over, seen.over, kOverApart, length);
  count(tracker.hot, tracker.after_hot, seen.hot, kKnownCalm, length);
  tracker.after_high = seen.high ? Seconds{} : tracker.after_high + length;
  if (seen.over && tracker.over == 1) tracker.first_over = sight.window.from;
  if (seen.hot) tracker.last_hot = sight.window.to;
  tracker.rate = sight.rate;
  if (tracker.state != HotspotState::kNew) {
    rise(tracker, seen, sight);
  } else if (tracker.after_high >= kNewCalm) {
    resolve(tracker, sight.window.to);
  } else if (seen.hot && sight.window.to - tracker.since >= kNewFor) {
    enter(tracker, HotspotState::kKnown, sight.window.to);
  }
  return tracker;
}

bool is_blank(const HotspotTracker& tracker) {
  return tracker.state == HotspotState::kQuiet && tracker.over == 0 && tracker.hot == 0;
}

}  // namespace pgadvisor::hotspots
