#pragma once

// Statements as rows of the file. Private to collectors/history.

#include "collectors/history/sqlite.hpp"
#include "collectors/model/activity.hpp"

namespace pgadvisor::history {

/// The columns that hold model::StatementCounters, in its order.
inline constexpr const char* kCounters = "calls, total_time, rows, hit, read, dirtied, temp, wal";

inline std::int64_t number(model::Oid oid) {
  return static_cast<std::uint32_t>(oid);
}

/// Binds the eight counters from `position` on.
inline void bind_counters(Statement& row, int position, const model::StatementCounters& counters) {
  row.bind(position, counters.calls)
      .bind(position + 1, counters.total_time.count())
      .bind(position + 2, counters.rows)
      .bind(position + 3, counters.shared_blocks_hit)
      .bind(position + 4, counters.shared_blocks_read)
      .bind(position + 5, counters.shared_blocks_dirtied)
      .bind(position + 6, counters.temp_blocks_written)
      .bind(position + 7, counters.wal_bytes);
}

inline model::StatementCounters read_counters(const Statement& row, int column) {
  return {row.integer(column),     model::Milliseconds(row.real(column + 1)),
          row.integer(column + 2), row.integer(column + 3),
          row.integer(column + 4), row.integer(column + 5),
          row.integer(column + 6), row.integer(column + 7)};
}

inline model::StatementKey read_key(const Statement& row, int column) {
  return {static_cast<model::Oid>(row.integer(column)), static_cast<model::Oid>(row.integer(column + 1)),
          static_cast<model::QueryId>(row.integer(column + 2)), row.integer(column + 3) != 0};
}

}  // namespace pgadvisor::history
