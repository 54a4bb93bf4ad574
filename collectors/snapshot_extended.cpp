#include "collectors/row_reading.hpp"
#include "collectors/snapshot_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::collectors {

namespace {

/// What pg_stats_ext shows: not the values of rows that a policy hides from the role.
constexpr const char* kRawSource =
    "FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace "
    "JOIN pg_catalog.pg_class c ON c.oid = s.stxrelid "
    "AND (NOT c.relrowsecurity OR NOT pg_catalog.row_security_active(c.oid)) "
    "JOIN pg_catalog.pg_statistic_ext_data d ON d.stxoid = s.oid ";

void read_extended_statistics(const pg::Rows& rows, SnapshotDraft& draft) {
  for (int row = 0; row < rows.size(); ++row) {
    draft.snapshot.extended_statistics.push_back({object_name(rows, row, 0),
                                                  rows.boolean(row, 2),
                                                  rows.string(row, 3),
                                                  rows.optional_string(row, 4),
                                                  rows.optional_string(row, 5),
                                                  rows.optional_string(row, 6),
                                                  rows.optional_string(row, 7),
                                                  rows.optional_string(row, 8),
                                                  rows.optional_string(row, 9),
                                                  {}});
  }
}

/// An expression that could not be analysed has a place without values.
std::optional<model::ColumnStatistics> expression_statistics(const pg::Rows& rows, int row) {
  if (rows.is_null(row, 3)) return std::nullopt;
  model::ColumnStatistics statistics;
  statistics.relation = object_name(rows, row, 0);
  statistics.inherited = rows.boolean(row, 2);
  read_values(rows, row, 3, statistics);
  return statistics;
}

void read_expression_statistics(const pg::Rows& rows, SnapshotDraft& draft) {
  auto& all = draft.snapshot.extended_statistics;
  for (int row = 0; row < rows.size(); ++row) {
    const auto object = std::ranges::find_if(all, [&](const model::ExtendedStatistics& candidate) {
      return candidate.object == object_name(rows, row, 0) && candidate.inherited == rows.boolean(row, 2);
    });
    if (object != all.end()) object->expressions.push_back(expression_statistics(rows, row));
  }
}

void read_hidden_extended_statistics(const pg::Rows& rows, SnapshotDraft& draft) {
  const auto& all = draft.snapshot.extended_statistics;
  std::size_t hidden = 0;
  std::string example;
  for (int row = 0; row < rows.size(); ++row) {
    if (std::ranges::find(all, object_name(rows, row, 0), &model::ExtendedStatistics::object) != all.end())
      continue;
    if (hidden++ == 0) example = rows.string(row, 2);
  }
  if (hidden == 0) return;
  draft.snapshot.limitations.push_back(fmt::format(
      "values of {} statistics objects, {} among them: not analysed yet, or the role may not read them, so "
      "their columns are taken to be independent (GRANT pg_read_all_data TO the role of pgadvisor)",
      hidden, example));
}

}  // namespace

SnapshotStep extended_statistics_step(const Access& access) {
  const bool inheritance = access.server_version >= 150000;
  if (!access.raw_statistics) {
    return {
        fmt::format("SELECT x.statistics_schemaname, x.statistics_name, {}, s.stxkeys, x.n_distinct::text, "
                    "x.dependencies::text, x.most_common_vals::text, x.most_common_val_nulls::text, "
                    "x.most_common_freqs::text, x.most_common_base_freqs::text "
                    "FROM pg_catalog.pg_stats_ext x JOIN pg_catalog.pg_namespace n "
                    "ON n.nspname = x.statistics_schemaname JOIN pg_catalog.pg_statistic_ext s "
                    "ON s.stxnamespace = n.oid AND s.stxname = x.statistics_name ORDER BY s.oid",
                    inheritance ? "x.inherited" : "false"),
        read_extended_statistics};
  }
  return {
      fmt::format("SELECT n.nspname, s.stxname, {}, s.stxkeys, d.stxdndistinct::text, "
                  "d.stxddependencies::text, m.vals::text, m.nulls::text, m.frequencies::text, "
                  "m.base_frequencies::text {}"
                  "LEFT JOIN LATERAL (SELECT pg_catalog.array_agg(values) AS vals, "
                  "pg_catalog.array_agg(nulls) AS nulls, pg_catalog.array_agg(frequency) AS frequencies, "
                  "pg_catalog.array_agg(base_frequency) AS base_frequencies "
                  "FROM pg_catalog.pg_mcv_list_items(d.stxdmcv)) m ON d.stxdmcv IS NOT NULL ORDER BY s.oid",
                  inheritance ? "d.stxdinherit" : "false", kRawSource),
      read_extended_statistics};
}

SnapshotStep expression_statistics_step(const Access& access) {
  const bool inheritance = access.server_version >= 150000;
  if (!access.raw_statistics) {
    return {
        fmt::format("SELECT statistics_schemaname, statistics_name, {}, null_frac, avg_width, n_distinct, "
                    "most_common_vals::text, most_common_freqs::text, histogram_bounds::text, correlation, "
                    "most_common_elems::text, most_common_elem_freqs::text, elem_count_histogram::text "
                    "FROM pg_catalog.pg_stats_ext_exprs",
                    inheritance ? "inherited" : "false"),
        read_expression_statistics};
  }
  const auto slot = [](int kind, const char* member) { return slot_of("e", kind, member); };
  return {
      fmt::format("SELECT n.nspname, s.stxname, {}, e.stanullfrac, e.stawidth, e.stadistinct, {}, {}, {}, "
                  "(({})::real[])[1], {}, {}, {} {}"
                  "CROSS JOIN LATERAL pg_catalog.unnest(d.stxdexpr) WITH ORDINALITY e "
                  "ORDER BY s.oid, e.ordinality",
                  inheritance ? "d.stxdinherit" : "false", slot(1, "stavalues"), slot(1, "stanumbers"),
                  slot(2, "stavalues"), slot(3, "stanumbers"), slot(4, "stavalues"), slot(4, "stanumbers"),
                  slot(5, "stanumbers"), kRawSource),
      read_expression_statistics};
}

SnapshotStep hidden_extended_statistics_step() {
  return {fmt::format("SELECT n.nspname, s.stxname, pg_catalog.format('%I.%I', n.nspname, s.stxname) "
                      "FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n "
                      "ON n.oid = s.stxnamespace WHERE {} ORDER BY s.oid",
                      kUserNamespace),
          read_hidden_extended_statistics};
}

}  // namespace pgadvisor::collectors
