#pragma once

// Tables and indexes as rows of the file. Private to collectors/history.

#include "collectors/history/sqlite.hpp"
#include "collectors/model/activity.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace pgadvisor::history {

/// Counters of a table in the order of model::TableCounters, or of an index with zeros behind.
using RelationCounters = std::array<std::int64_t, 8>;

/// The columns that hold them.
inline constexpr const char* kRelationCounters = "c1, c2, c3, c4, c5, c6, c7, c8";

inline RelationCounters to_row(const model::TableCounters& table) {
  return {table.seq_scan, table.seq_tup_read, table.idx_scan, table.idx_tup_fetch,
          table.inserted, table.updated,      table.deleted,  table.hot_updated};
}

inline RelationCounters to_row(const model::IndexCounters& index) {
  return {index.scans, index.tuples_read, index.tuples_fetched};
}

inline model::TableCounters to_table(const RelationCounters& row) {
  return {row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7]};
}

inline model::IndexCounters to_index(const RelationCounters& row) {
  return {row[0], row[1], row[2]};
}

inline void bind_counters(Statement& statement, int position, const RelationCounters& counters) {
  for (const std::int64_t value : counters) statement.bind(position++, value);
}

inline RelationCounters read_relation_counters(const Statement& row, int column) {
  RelationCounters counters{};
  for (auto& value : counters) value = row.integer(column++);
  return counters;
}

inline void add(RelationCounters& sum, const RelationCounters& more) {
  std::transform(sum.begin(), sum.end(), more.begin(), sum.begin(), std::plus<>());
}

}  // namespace pgadvisor::history
