#pragma once

#include "advisor/report.hpp"
#include "collectors/model/activity.hpp"
#include "collectors/model/catalog.hpp"

#include <cstdint>
#include <vector>

namespace pgadvisor::hotspots {

/// Tables of at least `min_pages` that sequential scans read in the window, most bytes first. Bytes are rows
/// read times the average bytes a row takes in the heap: a scan that LIMIT ended early counts for what it
/// read. Scans that read less than half the table on average are no hotspots, where each process of a parallel
/// scan reads (and counts) its share.
[[nodiscard]] std::vector<advisor::Hotspot> rank(const model::DatabaseSnapshot& snapshot,
                                                 const model::DatabaseActivity& activity,
                                                 std::int64_t min_pages);

}  // namespace pgadvisor::hotspots
