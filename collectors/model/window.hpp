#pragma once

#include "collectors/model/activity.hpp"
#include "collectors/model/ids.hpp"
#include "collectors/model/maintenance.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace pgadvisor::model {

/// What one table did between two polls.
struct TableWindow {
  ObjectName table;
  Oid oid{};
  TableCounters counters;     ///< differences
  std::int64_t relpages = 0;  ///< at the end, as the last VACUUM or ANALYZE left them
  double reltuples = -1;      ///< the same; -1: never
  bool index_built = false;   ///< it has an index that was not there, or was another one, at the poll before
};

/// What the tables of one database did between two polls, without those that did nothing.
struct RelationWindow {
  Window window;  ///< by the server's clock; equal ends: a first poll, which tells nothing yet
  std::vector<TableWindow> tables;
};

/// What is asked about the few tables that sequential scans read.
struct TableDetails {
  std::int64_t pages = 0;   ///< current size in blocks
  double live_rows = 0;     ///< as counted; 0: not known
  double changed_rows = 0;  ///< since the last ANALYZE
  double reltuples = -1;    ///< as in TableWindow
};

struct StatementWork {
  StatementKey key;
  StatementCounters counters;  ///< differences
};

/// What is known of a statement beside its counters.
struct StatementDescription {
  StatementKey key;
  std::string text;                      ///< redacted; empty when unknown or a utility statement's
  std::vector<Maintenance> maintenance;  ///< that a utility statement does
};

/// What the statements of the whole server did between two polls, without those that did nothing.
struct StatementWindow {
  Window window;  ///< as above
  std::vector<StatementWork> statements;
};

}  // namespace pgadvisor::model
