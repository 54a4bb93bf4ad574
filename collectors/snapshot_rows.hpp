#pragma once

// Private to collectors: the catalog queries of a snapshot, and how their rows become model values.

#include "collectors/model/catalog.hpp"
#include "collectors/pg/rows.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace pgadvisor::collectors {

/// What is needed while a snapshot is put together, and not afterwards.
struct SnapshotDraft {
  model::DatabaseSnapshot snapshot;
  std::unordered_map<model::Oid, std::size_t> table_positions;  ///< in snapshot.tables
  std::map<std::pair<model::Oid, std::int16_t>, std::int64_t>
      column_collations;  ///< table, attnum -> attcollation
  std::set<std::int64_t> default_operator_classes;
};

/// One query and the function that takes its rows into the draft. In this order: later ones look up earlier
/// ones.
struct SnapshotStep {
  std::string sql;
  void (*read)(const pg::Rows& rows, SnapshotDraft& draft);
};

[[nodiscard]] std::vector<SnapshotStep> snapshot_steps(int server_version);

/// Numbers of an int2vector or oidvector in text form: "1 2 0".
[[nodiscard]] std::vector<std::int64_t> numbers_of(std::string_view vector_text);

// The steps, one per kind of object (snapshot_catalog.cpp, snapshot_statistics.cpp).
[[nodiscard]] SnapshotStep tables_step();
[[nodiscard]] SnapshotStep columns_step();
[[nodiscard]] SnapshotStep operator_classes_step();
[[nodiscard]] SnapshotStep indexes_step();
[[nodiscard]] SnapshotStep foreign_keys_step();
[[nodiscard]] SnapshotStep settings_step();
[[nodiscard]] SnapshotStep extensions_step();
[[nodiscard]] SnapshotStep text_forms_step();
[[nodiscard]] SnapshotStep column_statistics_step(int server_version);
[[nodiscard]] SnapshotStep hidden_statistics_step();

}  // namespace pgadvisor::collectors
