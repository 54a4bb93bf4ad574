#pragma once

// Private to collectors: the catalog queries of a snapshot, and how their rows become model values.

#include "collectors/model/catalog.hpp"
#include "collectors/pg/rows.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace pgadvisor::collectors {

/// What pg_stat_progress_create_index shows of this database.
struct IndexBuilds {
  std::set<model::Oid> relations;  ///< tables and indexes being built
  bool unseen = false;             ///< there is one of which the role may not see what it builds
};

/// What is needed while a snapshot is put together, and not afterwards.
struct SnapshotDraft {
  model::DatabaseSnapshot snapshot;
  std::unordered_map<model::Oid, std::size_t> table_positions;  ///< in snapshot.tables
  std::set<model::Oid> default_operator_classes;
  IndexBuilds builds;
};

/// One query and the function that takes its rows into the draft. In this order: later ones look up earlier
/// ones.
struct SnapshotStep {
  std::string sql;
  void (*read)(const pg::Rows& rows, SnapshotDraft& draft);
};

/// What the role may read beyond the views that everybody may.
struct Access {
  int server_version = 0;
  bool raw_statistics = false;  ///< pg_statistic and pg_statistic_ext_data
};

[[nodiscard]] std::vector<SnapshotStep> snapshot_steps(const Access& access);

/// Numbers of an int2vector or oidvector in text form: "1 2 0".
[[nodiscard]] std::vector<std::int64_t> numbers_of(std::string_view vector_text);
[[nodiscard]] std::vector<model::Oid> oids_of(std::string_view vector_text);

/// SQL: what is left of a WHERE for relations of users, of pg_class c and pg_namespace n.
[[nodiscard]] std::string user_relation();
/// SQL: a subquery with the OIDs of relations that belong to an extension.
[[nodiscard]] std::string extension_members();

// The steps, one per kind of object (snapshot_catalog.cpp, snapshot_indexes.cpp, snapshot_foreign_keys.cpp,
// snapshot_versions.cpp, snapshot_statistics.cpp, snapshot_ranges.cpp, snapshot_extended.cpp).
[[nodiscard]] SnapshotStep tables_step();
[[nodiscard]] SnapshotStep columns_step();
[[nodiscard]] SnapshotStep operator_classes_step();
[[nodiscard]] SnapshotStep index_builds_step();
[[nodiscard]] SnapshotStep indexes_step(int server_version);
[[nodiscard]] SnapshotStep invalid_indexes_step();
[[nodiscard]] SnapshotStep foreign_keys_step(int server_version);
[[nodiscard]] SnapshotStep lookups_step();
[[nodiscard]] SnapshotStep settings_step();
[[nodiscard]] SnapshotStep role_settings_step();
[[nodiscard]] SnapshotStep extensions_step();
[[nodiscard]] SnapshotStep column_statistics_step(const Access& access);
[[nodiscard]] SnapshotStep hidden_statistics_step();
/// Of ranges that pg_stats does not show: before 17.
[[nodiscard]] SnapshotStep hidden_ranges_step();
[[nodiscard]] SnapshotStep extended_statistics_step(const Access& access);
[[nodiscard]] SnapshotStep expression_statistics_step(const Access& access);
[[nodiscard]] SnapshotStep hidden_extended_statistics_step();
[[nodiscard]] SnapshotStep table_versions_step();
[[nodiscard]] SnapshotStep other_objects_step();

/// Ten columns from `first` on: null_frac, avg_width, n_distinct, most_common_vals, most_common_freqs,
/// histogram_bounds, correlation, most_common_elems, most_common_elem_freqs, elem_count_histogram.
void read_values(const pg::Rows& rows, int row, int first, model::ColumnStatistics& statistics);

/// One value of the slot of `kind` in the row `row` of pg_statistic: "stavalues" or "stanumbers".
[[nodiscard]] std::string slot_of(const std::string& row, int kind, const std::string& member);

}  // namespace pgadvisor::collectors
