#pragma once

#include "advisor/hotspot.hpp"
#include "advisor/workload/analyse.hpp"
#include "collectors/model/catalog.hpp"

#include <cstdint>
#include <vector>

namespace pgadvisor::hotspots {

/// How the sandbox's plans of a workload, with the indexes that exist, read tables of at least `min_pages`:
/// those of the statements themselves and of the checks of foreign keys that they fire.
[[nodiscard]] std::vector<advisor::PlannedRead> planned_reads(const workload::AnalysedWorkload& analysed,
                                                              const model::DatabaseSnapshot& snapshot,
                                                              std::int64_t min_pages);

}  // namespace pgadvisor::hotspots
