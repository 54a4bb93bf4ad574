#pragma once

#include "advisor/hotspots/attribution.hpp"
#include "advisor/hotspots/reading.hpp"
#include "collectors/model/hotspot.hpp"
#include "collectors/model/maintenance.hpp"
#include "collectors/model/window.hpp"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace pgadvisor::hotspots {

/// Everything known of one window of one database.
struct WindowFacts {
  const model::RelationWindow& window;
  const model::HotspotHistory& history;                 ///< before this window
  const model::DatabaseSnapshot* snapshot;              ///< may be null
  const std::map<model::ObjectName, TableSize>& sizes;  ///< of the tables that may count
  std::span<const model::Maintenance> maintenance;      ///< seen in the window
  std::span<const Executed> statements;                 ///< of the window
  std::span<const UnindexedForeignKey> foreign_keys;
  std::int64_t min_pages = 1000;
  model::Seconds longest{7200};  ///< what is longer is a gap: nobody knows what ran in it
  /// What is watched of a database before a table that was never hot may be new; of no use from a week on,
  /// when it is known what is usual at an hour of the week.
  model::Seconds learning{7 * 24 * 3600};
};

/// What a table's readers were when it was last hot.
struct Evidence {
  model::ObjectName table;
  std::vector<advisor::HotspotStatement> statements;
};

struct Judgement {
  model::HotspotChanges changes;
  std::vector<Evidence> evidence;             ///< of tables that were read
  std::vector<model::ObjectName> became_new;  ///< in this window
};

/// What the window tells of each table that was read in it, and of those that are hotspots already. A gap
/// tells nothing. Pure: what is new is to be recorded by the caller.
[[nodiscard]] Judgement judge(const WindowFacts& facts);

}  // namespace pgadvisor::hotspots
