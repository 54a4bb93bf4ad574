#pragma once

#include "collectors/model/activity.hpp"
#include "collectors/model/hotspot.hpp"
#include "collectors/model/ids.hpp"
#include "collectors/model/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::advisor {

/// How the plan of a statement, with the indexes that exist, reads a table.
struct PlannedRead {
  model::ObjectName table;
  std::string query_id;
  std::string query;        ///< redacted
  std::string foreign_key;  ///< the constraint whose check reads it; empty: the statement itself does
  double calls = 0;         ///< of the statement in the advice's window
  double share = 1;         ///< of the table's rows that its conditions leave, 0..1
  bool sequential = true;   ///< by a sequential scan; else by an index
  /// That index; of a sequential scan an existing one whose first key is in a condition. Empty: none.
  std::string index;
};

/// A statement that reads a hotspot: the evidence.
struct HotspotStatement {
  std::string query_id;
  std::string query;  ///< redacted; empty when not known
  model::Oid user{};  ///< who executes it; kInvalid when not known
  double calls = 0;   ///< in the window last seen hot
  double blocks_per_call = 0;
  double rows_per_call = 0;
  double share = 0;         ///< of the table's full scans in that window that its calls account for, 0..1
  bool planned = false;     ///< the sandbox's plan has a sequential scan on the table
  std::string foreign_key;  ///< it fires the check of this constraint, which reads the table
};

/// Why a table is read by sequential scans.
enum class HotspotCause {
  kUnknown,
  kMissingIndex,            ///< a recommended index cures it, or one served that is gone
  kMissingForeignKeyIndex,  ///< checks of a foreign key without index read it
  kMissingStatistics,       ///< an index serves, but ANALYZE is missing
  kPlannerSetting,          ///< an index serves, but a setting keeps the planner from it
  kMostRowsNeeded,          ///< its statements need most rows: nothing is wrong
};
[[nodiscard]] std::string_view to_string(HotspotCause cause);

/// What sequential scans read of a table in a part of time.
struct HotspotReading {
  model::Window window;
  std::optional<double> bytes_per_second;  ///< empty: not known
};

/// A table that sequential scans read a lot of. Without what maintenance read.
struct Hotspot {
  model::ObjectName table;
  model::HotspotState state = model::HotspotState::kKnown;
  model::Timestamp since{};      ///< of the state
  model::Timestamp last_seen{};  ///< end of the last window in which it was hot
  model::Window window;          ///< what the next three speak of: the last day
  std::int64_t seq_scans = 0;    ///< as counted: each process of a parallel scan once
  std::int64_t rows_read = 0;
  model::Bytes bytes_read;                       ///< of the heap
  model::Bytes table_size;                       ///< of the heap
  double bytes_per_second = 0;                   ///< in the last window
  std::optional<double> usual_bytes_per_second;  ///< before it became new; empty for others
  HotspotCause cause = HotspotCause::kUnknown;
  std::vector<HotspotStatement> statements;  ///< those that read most first
  std::vector<std::string> foreign_keys;     ///< without index, whose checks read it
  std::vector<std::string> recommendations;  ///< ids of those that cure it
  std::vector<std::string> reasons;
  std::vector<HotspotReading> readings;  ///< of the last week, oldest first
};

/// Most bytes first, what is resolved last.
struct DatabaseHotspots {
  std::string database;
  model::Timestamp as_of{};  ///< the server's clock at the last poll
  std::vector<Hotspot> hotspots;
};

}  // namespace pgadvisor::advisor
