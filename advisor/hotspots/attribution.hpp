#pragma once

#include "advisor/hotspot.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/window.hpp"

#include <span>
#include <string>
#include <vector>

namespace pgadvisor::hotspots {

/// What a statement did in a window.
struct Executed {
  model::StatementKey key;
  std::string text;  ///< redacted; empty when not known
  model::StatementCounters counters;
};

/// A foreign key whose check no index serves: each referenced row that goes away reads the whole table.
struct UnindexedForeignKey {
  model::ObjectName table;
  std::string name;
  model::ObjectName references;
  std::vector<std::string> columns;
};

/// A table that was read, and by which names statements may mean it.
struct ReadTable {
  std::vector<model::ObjectName> names;  ///< its lineage
  std::int64_t pages = 0;
  double full_scans = 0;  ///< in the window
  std::vector<UnindexedForeignKey> foreign_keys;
};

/// The table and the tables that it is a partition or an inheritance child of. `snapshot` may be null.
[[nodiscard]] std::vector<model::ObjectName> lineage(const model::ObjectName& table,
                                                     const model::DatabaseSnapshot* snapshot);

/// Those on a table of the lineage.
[[nodiscard]] std::vector<UnindexedForeignKey> keys_of(const std::vector<model::ObjectName>& lineage,
                                                       std::span<const UnindexedForeignKey> keys);

/// Blocks an execution touches, in shared buffers or not.
[[nodiscard]] double blocks_per_call(const model::StatementCounters& counters);

/// Of so many full scans, the share that so many calls account for: at least one scan a call; a check scans
/// once for each row.
[[nodiscard]] double share_of_scans(double calls, double full_scans);

/// Statements that read the table whole: each execution touches at least half as many blocks as it has, and
/// its text names the table, or deletes or updates the other end of a foreign key whose check reads it. Where
/// statements within others are tracked, the check itself is one (ri_triggers.c). Most blocks first, at most
/// ten. The text alone does not tell that the table, and not another one, was read: the sandbox's plans
/// do, later.
[[nodiscard]] std::vector<advisor::HotspotStatement> readers(const ReadTable& table,
                                                             std::span<const Executed> statements);

}  // namespace pgadvisor::hotspots
