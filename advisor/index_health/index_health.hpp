#pragma once

#include "advisor/report.hpp"
#include "collectors/model/activity.hpp"
#include "collectors/model/catalog.hpp"

#include <vector>

namespace pgadvisor::index_health {

/// What is known of each existing index: its size, its scans in the window, and a verdict that claims no more
/// than the window supports. `invalid`: a failed CREATE INDEX CONCURRENTLY left it. `protected`: it enforces
/// or identifies something. `ok`: scanned in the window. `observing`: not scanned yet. `unknown`: no counters
/// were collected.
[[nodiscard]] std::vector<advisor::IndexReport> judge(const model::DatabaseSnapshot& snapshot,
                                                      const model::DatabaseActivity& activity);

}  // namespace pgadvisor::index_health
