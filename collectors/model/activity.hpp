#pragma once

#include "collectors/model/ids.hpp"
#include "collectors/model/units.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::model {

/// Identity of an entry of pg_stat_statements.
struct StatementKey {
  Oid database{};
  Oid user{};
  QueryId query_id{};
  bool toplevel = true;  ///< always true before PostgreSQL 14

  auto operator<=>(const StatementKey&) const = default;
};

/// Cumulative in a poll, a difference in an activity.
struct StatementCounters {
  std::int64_t calls = 0;
  Milliseconds total_time{};  ///< total_exec_time
  std::int64_t rows = 0;
  std::int64_t shared_blocks_hit = 0;
  std::int64_t shared_blocks_read = 0;
  std::int64_t shared_blocks_dirtied = 0;
  std::int64_t temp_blocks_written = 0;
  std::int64_t wal_bytes = 0;

  StatementCounters& operator+=(const StatementCounters& more) {
    calls += more.calls;
    total_time += more.total_time;
    rows += more.rows;
    shared_blocks_hit += more.shared_blocks_hit;
    shared_blocks_read += more.shared_blocks_read;
    shared_blocks_dirtied += more.shared_blocks_dirtied;
    temp_blocks_written += more.temp_blocks_written;
    wal_bytes += more.wal_bytes;
    return *this;
  }
  bool operator==(const StatementCounters&) const = default;
};

struct StatementSample {
  StatementKey key;
  StatementCounters counters;
  std::optional<Timestamp> stats_since;  ///< extension 1.11+
};

/// One poll of pg_stat_statements(false), for all databases of the server.
struct StatementPoll {
  Timestamp taken_at{};                   ///< the server's clock
  std::optional<Timestamp> stats_reset;   ///< pg_stat_statements_info (1.9+)
  std::optional<std::int64_t> evictions;  ///< pg_stat_statements_info.dealloc (1.9+)
  std::vector<StatementSample> statements;
};

struct StatementText {
  StatementKey key;
  std::string text;  ///< as the server has it: hostile and secret until redacted (collectors/sql)
};

/// What a session executes or executed last, in a look at pg_stat_activity.
struct SampledText {
  std::string database;
  std::string text;  ///< of one execution, with its literals: hostile and secret
};

struct SamplePoll {
  Timestamp taken_at{};  ///< the server's clock
  std::vector<SampledText> texts;
};

/// Cumulative in a poll, a difference in an activity.
struct TableCounters {
  std::int64_t seq_scan = 0;
  std::int64_t seq_tup_read = 0;
  std::int64_t idx_scan = 0;
  std::int64_t idx_tup_fetch = 0;
  std::int64_t inserted = 0;
  std::int64_t updated = 0;
  std::int64_t deleted = 0;
  std::int64_t hot_updated = 0;

  bool operator==(const TableCounters&) const = default;
};

struct IndexCounters {
  std::int64_t scans = 0;
  std::int64_t tuples_read = 0;
  std::int64_t tuples_fetched = 0;

  bool operator==(const IndexCounters&) const = default;
};

struct TableSample {
  ObjectName table;
  Oid oid{};
  TableCounters counters;
  std::int64_t relpages = 0;  ///< pg_class: as the last VACUUM or ANALYZE left them
  double reltuples = -1;      ///< the same; -1: never (0 before 14)
};

struct IndexSample {
  ObjectName index;
  ObjectName table;
  Oid oid{};
  IndexCounters counters;
};

/// One poll of table and index counters of one database.
struct RelationPoll {
  Timestamp taken_at{};                  ///< the server's clock
  std::optional<Timestamp> stats_reset;  ///< pg_stat_database.stats_reset; NULL after a crash
  Timestamp postmaster_start{};
  std::optional<Timestamp> counters_since =
      {};  ///< reset time of the server's own counters: moves with a crash
  std::optional<Milliseconds> active_time = {};  ///< pg_stat_database.active_time (14+): cumulative
  std::vector<TableSample> tables;
  std::vector<IndexSample> indexes;
};

/// What a statement did in a window of time.
struct StatementActivity {
  StatementKey key;
  std::string text;  ///< redacted: literals replaced, comments stripped; empty when never seen
  StatementCounters counters;
  bool partial = false;  ///< the entry was reborn within the window: some activity is missing
};

/// How often sampled executions of a statement had a value in one place.
struct SampledValue {
  std::string literal;  ///< as SQL, a whole list's items separated by ", ": secret
  std::int64_t count = 0;
};

/// The values of one slot of a statement's shape (collectors/sql/shape.hpp).
struct SampledSlot {
  std::string shape;
  std::size_t slot = 0;
  std::vector<SampledValue> values;  ///< most frequent first
  std::int64_t others = 0;           ///< executions with values that were not kept
};

struct TableActivity {
  ObjectName table;
  TableCounters counters;
};

struct IndexActivity {
  ObjectName index;
  ObjectName table;
  IndexCounters counters;
};

/// The part of time an activity speaks of.
struct Window {
  Timestamp from{};
  Timestamp to{};

  bool operator==(const Window&) const = default;
};

/// The activity of one database in a window: the input of the workload stage.
struct DatabaseActivity {
  Window window;
  std::vector<StatementActivity> statements;
  std::vector<TableActivity> tables;
  std::vector<IndexActivity> indexes;
  std::vector<SampledSlot> samples;  ///< of the days that the window touches
  Milliseconds utility_time{};       ///< of statements that have no plan, which are not among `statements`
  std::size_t utility_statements = 0;
  std::int64_t evictions = 0;      ///< statements pg_stat_statements dropped in the window
  std::optional<double> coverage;  ///< statement time seen / database active time (14+), 0..1
};

}  // namespace pgadvisor::model
