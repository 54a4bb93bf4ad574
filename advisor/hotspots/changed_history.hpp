#pragma once

#include "collectors/model/hotspot.hpp"

namespace pgadvisor::hotspots {

/// What reading the history again would answer once `changes`, of the window that it was read for, are
/// recorded; in another order, and without the quiet trackers of tables that were read for the first time.
[[nodiscard]] model::HotspotHistory with_changes(model::HotspotHistory history,
                                                 const model::HotspotChanges& changes);

}  // namespace pgadvisor::hotspots
