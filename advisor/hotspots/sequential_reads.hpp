#pragma once

#include "advisor/hotspot.hpp"
#include "advisor/workload/analyse.hpp"
#include "collectors/model/catalog.hpp"

#include <cstdint>
#include <vector>

namespace pgadvisor::hotspots {

/// What the sandbox's plans of a workload, with the indexes that exist, read by sequential scans of tables of
/// at least `min_pages`: the statements themselves and the checks of foreign keys that they fire.
[[nodiscard]] std::vector<advisor::SequentialRead> sequential_reads(
    const workload::AnalysedWorkload& analysed, const model::DatabaseSnapshot& snapshot,
    std::int64_t min_pages);

}  // namespace pgadvisor::hotspots
