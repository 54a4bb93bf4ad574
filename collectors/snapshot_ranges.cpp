#include "collectors/row_reading.hpp"
#include "collectors/snapshot_rows.hpp"

#include <fmt/format.h>

namespace pgadvisor::collectors {

namespace {

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

SnapshotStep hidden_ranges_step() {
  return {fmt::format("SELECT pg_catalog.count(*), pg_catalog.min(pg_catalog.format('%I.%I (%I)', n.nspname, "
                      "c.relname, a.attname)) FROM pg_catalog.pg_attribute a "
                      "JOIN pg_catalog.pg_type t ON t.oid = a.atttypid AND t.typtype IN ('r', 'm') "
                      "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'm', 'p') "
                      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                      "WHERE c.reltuples > 0 AND a.attnum > 0 AND NOT a.attisdropped AND {}",
                      kUserNamespace),
          read_hidden_ranges};
}

}  // namespace pgadvisor::collectors
