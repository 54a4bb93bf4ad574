#include "collectors/row_reading.hpp"
#include "collectors/snapshot_rows.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

namespace pgadvisor::collectors {

namespace {

/// Beyond the 'Query Tuning' categories: what else the planner reads, or a stored expression's meaning
/// depends on.
constexpr const char* kOtherSettings =
    "work_mem,hash_mem_multiplier,temp_buffers,effective_io_concurrency,max_parallel_workers,"
    "max_parallel_workers_per_gather,parallel_leader_participation,force_parallel_mode,debug_parallel_query,"
    "search_path,DateStyle,IntervalStyle,TimeZone,timezone_abbreviations,extra_float_digits,bytea_output,lc_"
    "monetary,"
    "lc_numeric,lc_time,xmlbinary,xmloption,array_nulls,transform_null_equals,standard_conforming_strings,"
    "backslash_quote,default_text_search_config,row_security,full_page_writes,checkpoint_timeout,"
    "autovacuum_vacuum_threshold,autovacuum_vacuum_scale_factor";

// Kinds of slots: pg_statistic.h.
constexpr int kRangeLengths = 6;  // STATISTIC_KIND_RANGE_LENGTH_HISTOGRAM
constexpr int kRangeBounds = 7;   // STATISTIC_KIND_BOUNDS_HISTOGRAM

void read_settings(const pg::Rows& rows, SnapshotDraft& draft) {
  for (int row = 0; row < rows.size(); ++row) {
    draft.snapshot.settings.push_back({rows.string(row, 0), rows.string(row, 1)});
  }
}

void read_role_settings(const pg::Rows& rows, SnapshotDraft& draft) {
  for (int row = 0; row < rows.size(); ++row) {
    draft.snapshot.role_settings.push_back(
        {oid(rows, row, 0), rows.string(row, 1), rows.string(row, 2), rows.string(row, 3)});
  }
}

void read_extensions(const pg::Rows& rows, SnapshotDraft& draft) {
  for (int row = 0; row < rows.size(); ++row) {
    draft.snapshot.extensions.push_back({rows.string(row, 0), rows.string(row, 1), rows.string(row, 2)});
  }
}

void read_column_statistics(const pg::Rows& rows, SnapshotDraft& draft) {
  auto& all = draft.snapshot.column_statistics;
  all.reserve(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) {
    model::ColumnStatistics statistics;
    statistics.relation = object_name(rows, row, 0);
    statistics.column = rows.string(row, 2);
    statistics.inherited = rows.boolean(row, 3);
    read_values(rows, row, 4, statistics);
    statistics.range_length_histogram = rows.optional_string(row, 14);
    statistics.range_empty_fraction = optional_float(rows, row, 15);
    statistics.range_bounds_histogram = rows.optional_string(row, 16);
    all.push_back(std::move(statistics));
  }
}

/// One sentence with its fix for each reason that pg_stats leaves rows out.
void read_hidden_statistics(const pg::Rows& rows, SnapshotDraft& draft) {
  auto& limitations = draft.snapshot.limitations;
  const std::string role = sql::quote_identifier(rows.text(0, 0));
  const auto example = [&](int column) {
    return sql::quote_name({rows.string(0, column), rows.string(0, column + 1)});
  };
  if (rows.integer(0, 1) > 0) {
    const std::string grant =
        draft.snapshot.server.version >= 140000
            ? fmt::format("GRANT pg_read_all_data TO {}", role)
            : fmt::format("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}, for each schema",
                          sql::quote_identifier(rows.text(0, 2)), role);
    limitations.push_back(fmt::format(
        "pg_stats hides the column statistics of {} tables, {} among them: role {} may not read them ({})",
        rows.integer(0, 1), example(2), role, grant));
  }
  if (rows.integer(0, 4) > 0) {
    limitations.push_back(
        fmt::format("pg_stats hides the column statistics of {} tables with row-level security, {} among "
                    "them (ALTER ROLE {} "
                    "BYPASSRLS)",
                    rows.integer(0, 4), example(5), role));
  }
}

/// The view checks the role's privileges column by column, of every relation that passes its other
/// conditions, and the backend keeps what it looked up: only its names are conditions that it lets through to
/// its tables.
SnapshotStep viewed_statistics_step(int server_version) {
  const char* ranges =
      server_version >= 170000
          ? "s.range_length_histogram::text, s.range_empty_frac, s.range_bounds_histogram::text"
          : "NULL, NULL, NULL";
  return {fmt::format(
              "SELECT s.schemaname, s.tablename, s.attname, s.inherited, s.null_frac, s.avg_width, "
              "s.n_distinct, s.most_common_vals::text, s.most_common_freqs::text, s.histogram_bounds::text, "
              "s.correlation, s.most_common_elems::text, s.most_common_elem_freqs::text, "
              "s.elem_count_histogram::text, {} FROM pg_catalog.pg_stats s "
              "JOIN (SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE {}) u ON u.nspname = s.schemaname "
              "WHERE s.tablename = ANY (ARRAY(SELECT c.relname FROM pg_catalog.pg_class c "
              "LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid "
              "WHERE c.relkind IN ('r', 'm', 'p', 'f') OR i.indexprs IS NOT NULL))",
              ranges, kUserNamespace),
          read_column_statistics};
}

/// What pg_stats shows, without its check of every single column: at 100,000 indexes that takes half of the
/// time, and leaves 250 MB in the backend. Ranges are in it before PostgreSQL 17 too.
SnapshotStep raw_statistics_step() {
  const auto slot = [](int kind, const char* member) { return slot_of("s", kind, member); };
  return {fmt::format("SELECT n.nspname, c.relname, a.attname, s.stainherit, s.stanullfrac, s.stawidth, "
                      "s.stadistinct, {}, {}, {}, (({})::real[])[1], {}, {}, {}, {}, (({})::real[])[1], {} "
                      "FROM pg_catalog.pg_statistic s JOIN pg_catalog.pg_class c ON c.oid = s.starelid "
                      "AND (NOT c.relrowsecurity OR NOT pg_catalog.row_security_active(c.oid)) "
                      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                      "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = s.staattnum "
                      "WHERE NOT a.attisdropped AND {}",
                      slot(1, "stavalues"), slot(1, "stanumbers"), slot(2, "stavalues"),
                      slot(3, "stanumbers"), slot(4, "stavalues"), slot(4, "stanumbers"),
                      slot(5, "stanumbers"), slot(kRangeLengths, "stavalues"),
                      slot(kRangeLengths, "stanumbers"), slot(kRangeBounds, "stavalues"), kUserNamespace),
          read_column_statistics};
}

}  // namespace

void read_values(const pg::Rows& rows, int row, int first, model::ColumnStatistics& statistics) {
  statistics.null_fraction = static_cast<float>(rows.real(row, first));
  statistics.average_width = static_cast<int>(rows.integer(row, first + 1));
  statistics.distinct = static_cast<float>(rows.real(row, first + 2));
  statistics.most_common_values = rows.optional_string(row, first + 3);
  statistics.most_common_frequencies = rows.optional_string(row, first + 4);
  statistics.histogram_bounds = rows.optional_string(row, first + 5);
  statistics.correlation = optional_float(rows, row, first + 6);
  statistics.most_common_elements = rows.optional_string(row, first + 7);
  statistics.most_common_element_frequencies = rows.optional_string(row, first + 8);
  statistics.element_count_histogram = rows.optional_string(row, first + 9);
}

std::string slot_of(const std::string& row, int kind, const std::string& member) {
  std::string sql = fmt::format("CASE {}", kind);
  for (int slot = 1; slot <= 5; ++slot)
    sql += fmt::format(" WHEN {0}.stakind{1} THEN {0}.{2}{1}::text", row, slot, member);
  return sql + " END";
}

SnapshotStep settings_step() {
  return {fmt::format("SELECT name, reset_val FROM pg_catalog.pg_settings WHERE reset_val IS NOT NULL "
                      "AND context <> 'internal' AND (category LIKE 'Query Tuning%' "
                      "OR name = ANY (pg_catalog.string_to_array('{}', ','))) ORDER BY name",
                      kOtherSettings),
          read_settings};
}

/// Those of a database as a whole are in this session's settings already.
SnapshotStep role_settings_step() {
  return {
      "SELECT r.oid, r.rolname, pg_catalog.split_part(s.setting, '=', 1), pg_catalog.split_part(s.setting, "
      "'=', 2) "
      "FROM pg_catalog.pg_db_role_setting d JOIN pg_catalog.pg_roles r ON r.oid = d.setrole "
      "CROSS JOIN LATERAL pg_catalog.unnest(d.setconfig) s(setting) WHERE s.setting LIKE 'enable\\_%' AND "
      "(d.setdatabase = 0 OR d.setdatabase = (SELECT b.oid FROM pg_catalog.pg_database b "
      "WHERE b.datname = pg_catalog.current_database())) ORDER BY 2, 3",
      read_role_settings};
}

SnapshotStep extensions_step() {
  return {
      "SELECT e.extname, e.extversion, n.nspname FROM pg_catalog.pg_extension e "
      "JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace ORDER BY e.extname",
      read_extensions};
}

SnapshotStep column_statistics_step(const Access& access) {
  return access.raw_statistics ? raw_statistics_step() : viewed_statistics_step(access.server_version);
}

SnapshotStep hidden_statistics_step() {
  return {fmt::format(
              "SELECT current_user, pg_catalog.count(*) FILTER (WHERE h.hidden), "
              "(pg_catalog.min(ARRAY[h.nspname, h.relname]::text[]) FILTER (WHERE h.hidden))[1], "
              "(pg_catalog.min(ARRAY[h.nspname, h.relname]::text[]) FILTER (WHERE h.hidden))[2], "
              "pg_catalog.count(*) FILTER (WHERE h.guarded), "
              "(pg_catalog.min(ARRAY[h.nspname, h.relname]::text[]) FILTER (WHERE h.guarded))[1], "
              "(pg_catalog.min(ARRAY[h.nspname, h.relname]::text[]) FILTER (WHERE h.guarded))[2] FROM ("
              "SELECT n.nspname, c.relname, NOT pg_catalog.has_table_privilege(c.oid, 'SELECT') "
              "AND NOT pg_catalog.has_any_column_privilege(c.oid, 'SELECT') AS hidden, "
              "c.relrowsecurity AND pg_catalog.row_security_active(c.oid) AS guarded "
              "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
              "WHERE c.relkind IN ('r', 'm', 'p') AND c.relpersistence <> 't' AND c.reltuples > 0 AND {}) h",
              kUserNamespace),
          read_hidden_statistics};
}

std::vector<SnapshotStep> snapshot_steps(const Access& access) {
  std::vector<SnapshotStep> steps = {settings_step(),
                                     role_settings_step(),
                                     extensions_step(),
                                     tables_step(),
                                     columns_step(),
                                     operator_classes_step(),
                                     index_builds_step(),
                                     indexes_step(access.server_version),
                                     index_builds_step(),
                                     invalid_indexes_step(),
                                     foreign_keys_step(access.server_version),
                                     lookups_step(),
                                     table_versions_step(),
                                     other_objects_step(),
                                     column_statistics_step(access),
                                     hidden_statistics_step(),
                                     extended_statistics_step(access),
                                     hidden_extended_statistics_step()};
  if (access.server_version < 170000 && !access.raw_statistics) steps.push_back(hidden_ranges_step());
  if (access.server_version >= 140000) steps.push_back(expression_statistics_step(access));
  return steps;
}

}  // namespace pgadvisor::collectors
