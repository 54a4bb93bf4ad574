#pragma once

#include "advisor/hotspots/baseline.hpp"
#include "collectors/model/activity.hpp"
#include "collectors/model/hotspot.hpp"

#include <optional>

namespace pgadvisor::hotspots {

/// What was seen of a table in one window.
struct Sight {
  model::Window window;
  double rate = 0;                   ///< bytes per second that sequential scans read; 0: nothing that counts
  std::optional<Baseline> baseline;  ///< empty: not known
};

/// The state of a table after one more window. A window is hot when a mebibyte per second is read or more.
/// Three hot ones, at most some eight days apart, make a table known. Three over the baseline, not much more
/// than an hour apart (so that an hourly job counts), make it new. From there it takes until nothing was
/// above twice the usual for 26 hours (so that a nightly job is not resolved each day) to be resolved, or a
/// week to be known; what is known is resolved when nothing was hot for eight days (so that a weekly job is
/// not resolved).
[[nodiscard]] model::HotspotTracker advance(model::HotspotTracker tracker, const Sight& sight);

/// Whether there is anything to remember.
[[nodiscard]] bool is_blank(const model::HotspotTracker& tracker);

}  // namespace pgadvisor::hotspots
