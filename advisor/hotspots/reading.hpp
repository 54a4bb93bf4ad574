#pragma once

#include "collectors/model/catalog.hpp"
#include "collectors/model/maintenance.hpp"
#include "collectors/model/window.hpp"

#include <optional>
#include <vector>

namespace pgadvisor::hotspots {

/// A table's size now.
struct TableSize {
  std::int64_t pages = 0;
  double rows = -1;  ///< that are alive; -1: not known
};

/// What sequential scans read of one table in a window.
struct Reading {
  model::ObjectName table;
  double scans = 0;                                ///< as counted
  double rows = 0;                                 ///< as counted
  double full_scans = 0;                           ///< whole tables that this amounts to
  double bytes = 0;                                ///< of the heap
  double rate = 0;                                 ///< bytes per second
  std::optional<model::MaintenanceKind> obscured;  ///< maintenance read the table too: the rest is not known
};

/// How many processes a sequential scan of a table of so many pages has at most, each of which counts as a
/// scan and reads its part (compute_parallel_worker() in allpaths.c).
[[nodiscard]] int scan_processes(std::int64_t pages, const std::vector<model::Setting>& settings);

/// Whether counters alone make it worth asking for the table's size: at most a few tables of a window.
[[nodiscard]] bool may_count(const model::TableWindow& table, std::int64_t known_pages,
                             std::int64_t min_pages);

struct ReadingRules {
  std::int64_t min_pages = 1000;
  int processes = 1;  ///< of a scan of this table
  /// A statement is known to have read the whole table: whatever else read parts of it, it counts.
  bool full_scan_seen = false;
};

/// Empty when nothing was read that counts: the table is small, or its scans read less than half of it on
/// average, as LIMIT, EXISTS and the like do. `length` is that of the window.
[[nodiscard]] std::optional<Reading> reading_of(const model::TableWindow& table, const TableSize& size,
                                                const ReadingRules& rules, model::Seconds length);

/// The first of the works that reads this table. `snapshot` finds the tables of indexes; may be null.
[[nodiscard]] std::optional<model::MaintenanceKind> maintenance_of(
    const model::TableWindow& table, const std::vector<model::Maintenance>& works,
    const model::DatabaseSnapshot* snapshot);

}  // namespace pgadvisor::hotspots
