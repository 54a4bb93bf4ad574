#pragma once

#include "collectors/model/ids.hpp"
#include "collectors/model/index.hpp"
#include "collectors/model/units.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgadvisor::model {

/// Who the monitored server is: a change of any of these but `version` means another server or a failover.
struct ServerIdentity {
  std::string system_identifier;  ///< pg_control_system(); empty when the role may not call it
  std::int64_t timeline = 0;      ///< 0 when unreadable
  bool in_recovery = false;
  int version = 0;  ///< server_version_num, e.g. 150018
  Timestamp postmaster_start{};
  std::int64_t block_size = kBlockSize;

  bool operator==(const ServerIdentity&) const = default;
};

/// One setting as the planner sees it in a fresh session of the monitored role (pg_settings.reset_val).
struct Setting {
  std::string name;
  std::string value;
};

/// Value of a numeric setting, in its base unit; `otherwise` when it is missing or no number.
[[nodiscard]] inline double number_of(const std::vector<Setting>& settings, std::string_view name,
                                      double otherwise) {
  const auto found = std::ranges::find(settings, name, &Setting::name);
  double number = otherwise;
  if (found != settings.end()) {
    std::from_chars(found->value.data(), found->value.data() + found->value.size(), number);
  }
  return number;
}

/// ALTER ROLE ... SET.
struct RoleSetting {
  Oid oid{};
  std::string role;
  std::string name;
  std::string value;
};

struct Extension {
  std::string name;
  std::string version;
  std::string schema;
};

struct Column {
  std::int16_t number = 0;  ///< pg_attribute.attnum
  std::string name;
  std::string type;  ///< format_type(), e.g. "character varying(20)"
  bool not_null = false;
  std::int16_t length = 0;  ///< attlen: bytes, -1 varlena, -2 cstring
  char alignment = 'i';     ///< attalign: c 1, s 2, i 4, d 8 bytes
  Oid collation{};          ///< attcollation; kInvalid: the type has none
};

/// A table, partitioned table, materialised view or foreign table.
struct Table {
  Oid oid{};
  ObjectName name;
  char kind = 'r';  ///< pg_class.relkind
  std::int64_t pages =
      0;                  ///< current size in blocks (pg_relation_size), or relpages where that was not asked
  double reltuples = -1;  ///< pg_class.reltuples; -1 never vacuumed or analysed (14+), 0 before 14
  std::int64_t relpages = 0;
  std::int64_t relallvisible = 0;
  bool has_children = false;    ///< inheritance or partition children
  bool in_extension = false;    ///< belongs to an extension
  Oid parent{};                 ///< kInvalid unless partition or inheritance child (the first parent)
  std::string version = {};     ///< moves with DDL on the table, its columns, indexes, constraints or parents
  std::vector<Column> columns;  ///< without dropped ones, by number
};

/// One row of pg_stats. `any` columns stay in their text form; the sandbox turns them back with array_in().
struct ColumnStatistics {
  ObjectName relation;  ///< a table, or an index with expressions
  std::string column;
  bool inherited = false;
  float null_fraction = 0;
  int average_width = 0;  ///< bytes
  float distinct = 0;     ///< > 0 a count, < 0 minus the ratio to rows (pg_stats.n_distinct)
  std::optional<std::string> most_common_values;
  std::optional<std::string> most_common_frequencies;  ///< real[] as text
  std::optional<std::string> histogram_bounds;
  std::optional<float> correlation;
  std::optional<std::string> most_common_elements;
  std::optional<std::string> most_common_element_frequencies;
  std::optional<std::string> element_count_histogram;
  std::optional<std::string> range_length_histogram;  ///< before 17 from pg_statistic, where readable
  std::optional<float> range_empty_fraction;
  std::optional<std::string> range_bounds_histogram;
  std::optional<std::string> ends;  ///< {lowest,highest} value of an indexed column, where they could be read

  bool operator==(const ColumnStatistics&) const = default;
};

/// The values of a CREATE STATISTICS object (pg_stats_ext), in text form as those of ColumnStatistics.
struct ExtendedStatistics {
  ObjectName object;
  bool inherited = false;
  std::string columns;                      ///< stxkeys: attribute numbers in the monitored server, "1 3"
  std::optional<std::string> distinct;      ///< pg_ndistinct: {"1, 3": 50}
  std::optional<std::string> dependencies;  ///< pg_dependencies: {"1 => 3": 0.9}
  std::optional<std::string> most_common_values;  ///< text[], an item a row: columns, then expressions
  std::optional<std::string> most_common_nulls;   ///< bool[] of the same shape
  std::optional<std::string> most_common_frequencies;
  std::optional<std::string> most_common_base_frequencies;
  std::vector<std::optional<ColumnStatistics>> expressions;  ///< in their order; 14+

  bool operator==(const ExtendedStatistics&) const = default;
};

/// How a database was created; the sandbox creates its twin with the same.
struct DatabaseProperties {
  Oid oid{};
  std::string name;
  std::string encoding;
  std::string collate = {};
  std::string ctype = {};
  char locale_provider = 'c';  ///< pg_database.datlocprovider (15+): c libc, i ICU, b builtin (17+)
  std::string locale = {};     ///< of a provider other than libc
  std::string icu_rules = {};  ///< 16+
};

/// How often a statement was seen to ask for the rows with one value of a column (pg_qualstats).
struct ComparedValue {
  QueryId statement{};
  ObjectName table;  ///< a partition where the statement names its parent
  std::string column;
  std::string literal;          ///< SQL, secret; empty: values that are not known
  std::int64_t executions = 0;  ///< of those sampled since its counts were reset
};

/// Everything about one database the advisor needs besides the workload. Complete or not at all: a collector
/// that fails leaves no half snapshot. What could not be read for lack of privilege is said in `limitations`.
struct DatabaseSnapshot {
  ServerIdentity server;
  DatabaseProperties database;
  /// Those the planner, the text form of statistics or what a write takes depends on.
  std::vector<Setting> settings;
  std::vector<RoleSetting>
      role_settings;  ///< planner switches (enable_...) that roles have set for themselves
  std::vector<Extension> extensions;
  std::vector<Table> tables;  ///< user tables (no system schemas), by oid
  std::vector<Index> indexes;
  std::vector<ForeignKey> foreign_keys;
  /// Operator class and operator of a foreign key (ForeignKey::operators) that an index with it can look up.
  std::set<std::pair<Oid, Oid>> lookups;
  std::vector<ColumnStatistics> column_statistics;
  std::vector<ExtendedStatistics> extended_statistics;
  std::vector<ComparedValue> compared_values;  ///< most frequent first; none without pg_qualstats
  std::string
      other_objects;  ///< moves with DDL on views, types, functions, ...: all that has no Table::version
  std::vector<std::string> limitations;  ///< e.g. "pg_stats is empty for this role: ... (GRANT ...)"
  Timestamp taken_at{};                  ///< the server's clock
};

}  // namespace pgadvisor::model
