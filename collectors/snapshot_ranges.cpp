#include "collectors/row_reading.hpp"
#include "collectors/snapshot_rows.hpp"

#include <fmt/format.h>

#include <map>
#include <tuple>

namespace pgadvisor::collectors {

namespace {

/// pg_stats shows those of ranges from 17 on; before, these rows complete its rows.
void read_range_statistics(const pg::Rows& rows, SnapshotDraft& draft) {
  std::map<std::tuple<std::string, std::string, std::string, bool>, model::ColumnStatistics*> known;
  for (auto& row : draft.snapshot.column_statistics)
    known[{row.relation.schema, row.relation.name, row.column, row.inherited}] = &row;
  for (int row = 0; row < rows.size(); ++row) {
    const auto found =
        known.find({rows.string(row, 0), rows.string(row, 1), rows.string(row, 2), rows.boolean(row, 3)});
    if (found == known.end()) continue;
    model::ColumnStatistics& statistics = *found->second;
    statistics.range_length_histogram = rows.optional_string(row, 4);
    statistics.range_empty_fraction = optional_float(rows, row, 5);
    statistics.range_bounds_histogram = rows.optional_string(row, 6);
  }
}

void read_hidden_ranges(const pg::Rows& rows, SnapshotDraft& draft) {
  if (rows.integer(0, 0) == 0) return;
  draft.snapshot.limitations.push_back(fmt::format(
      "pg_stats shows the statistics of ranges from PostgreSQL 17 on: default estimates are used for {} "
      "columns, "
      "{} among them ({})",
      rows.integer(0, 0), rows.string(0, 1),
      draft.snapshot.server.version >= 140000 ? "GRANT pg_read_all_data TO the role of pgadvisor"
                                              : "GRANT SELECT ON pg_catalog.pg_statistic, "
                                                "pg_catalog.pg_statistic_ext_data TO the role of pgadvisor"));
}

}  // namespace

std::string slot_of(const std::string& row, int kind, const std::string& member) {
  std::string sql = fmt::format("CASE {}", kind);
  for (int slot = 1; slot <= 5; ++slot)
    sql += fmt::format(" WHEN {0}.stakind{1} THEN {0}.{2}{1}::text", row, slot, member);
  return sql + " END";
}

SnapshotStep range_statistics_step(const Access& access) {
  constexpr int kLengths = 6;  // STATISTIC_KIND_RANGE_LENGTH_HISTOGRAM
  constexpr int kBounds = 7;   // STATISTIC_KIND_BOUNDS_HISTOGRAM
  if (!access.raw_statistics) {
    return {
        fmt::format("SELECT pg_catalog.count(*), pg_catalog.min(pg_catalog.format('%I.%I (%I)', n.nspname, "
                    "c.relname, a.attname)) FROM pg_catalog.pg_attribute a "
                    "JOIN pg_catalog.pg_type t ON t.oid = a.atttypid AND t.typtype IN ('r', 'm') "
                    "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'm', 'p') "
                    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                    "WHERE c.reltuples > 0 AND a.attnum > 0 AND NOT a.attisdropped AND {}",
                    kUserNamespace),
        read_hidden_ranges};
  }
  return {fmt::format("SELECT n.nspname, c.relname, a.attname, s.stainherit, {}, (({})::real[])[1], {} "
                      "FROM pg_catalog.pg_statistic s JOIN pg_catalog.pg_class c ON c.oid = s.starelid "
                      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                      "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = s.staattnum "
                      "WHERE {} IN (s.stakind1, s.stakind2, s.stakind3, s.stakind4, s.stakind5) AND {}",
                      slot_of("s", kLengths, "stavalues"), slot_of("s", kLengths, "stanumbers"),
                      slot_of("s", kBounds, "stavalues"), kLengths, kUserNamespace),
          read_range_statistics};
}

}  // namespace pgadvisor::collectors
