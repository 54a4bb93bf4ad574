#pragma once

#include "advisor/hotspots/attribution.hpp"
#include "collectors/model/catalog.hpp"

#include <vector>

namespace pgadvisor::hotspots {

/// Foreign keys that no index serves, by the rules of index_health: those on a partitioned table at its root.
[[nodiscard]] std::vector<UnindexedForeignKey> unindexed_keys(const model::DatabaseSnapshot& snapshot);

}  // namespace pgadvisor::hotspots
