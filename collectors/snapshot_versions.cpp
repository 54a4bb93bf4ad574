#include "collectors/row_reading.hpp"
#include "collectors/snapshot_rows.hpp"

#include <fmt/format.h>

#include <array>

namespace pgadvisor::collectors {

namespace {

void read_table_versions(const pg::Rows& rows, SnapshotDraft& draft) {
  for (int row = 0; row < rows.size(); ++row) {
    const auto table = draft.table_positions.find(oid(rows, row, 0));
    if (table != draft.table_positions.end())
      draft.snapshot.tables[table->second].version = rows.string(row, 1);
  }
}

void read_other_objects(const pg::Rows& rows, SnapshotDraft& draft) {
  draft.snapshot.other_objects = rows.string(0, 0);
}

/// Catalogs whose rows are neither a table's nor statistics, with what tells them apart from a table's.
struct Catalog {
  std::string_view name;
  std::string_view condition;
};

/// A table has a row type and an array type of its own: those come and go with it.
constexpr std::array<Catalog, 17> kOthers{{
    {"pg_proc", "oid >= 16384"},
    {"pg_type", "oid >= 16384 AND typtype <> 'c' AND typelem = 0"},
    {"pg_class", "oid >= 16384 AND relkind IN ('v', 'c')"},
    {"pg_rewrite", "oid >= 16384"},
    {"pg_enum", "true"},
    {"pg_range", "rngtypid >= 16384"},
    {"pg_constraint", "contypid <> 0"},
    {"pg_operator", "oid >= 16384"},
    {"pg_opclass", "oid >= 16384"},
    {"pg_amop", "oid >= 16384"},
    {"pg_cast", "oid >= 16384"},
    {"pg_collation", "oid >= 16384"},
    {"pg_namespace", "oid >= 16384 AND nspname NOT LIKE 'pg\\_%'"},
    {"pg_extension", "true"},
    {"pg_ts_config_map", "mapcfg >= 16384"},
    {"pg_foreign_server", "true"},
    {"pg_statistic_ext", "true"},
}};

}  // namespace

/// xmin of a catalog row moves with every change of it.
SnapshotStep table_versions_step() {
  // Indexes have attributes too, far more of them.
  constexpr const char* kOfTables =
      "attnum > 0 AND attrelid IN (SELECT oid FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'm', "
      "'f'))";
  const auto sum = [](const char* catalog, const char* table, const char* condition) {
    return fmt::format(
        "LEFT JOIN (SELECT {1} AS relation, pg_catalog.concat_ws(':', pg_catalog.count(*), "
        "pg_catalog.sum(xmin::text::bigint)) AS version FROM pg_catalog.{0} WHERE {2} GROUP BY 1) {0} "
        "ON {0}.relation = c.oid ",
        catalog, table, condition);
  };
  return {fmt::format("SELECT c.oid, pg_catalog.concat_ws('/', c.oid, c.xmin, pg_attribute.version, "
                      "coalesce(pg_attrdef.version, ''), coalesce(pg_constraint.version, ''), "
                      "coalesce(pg_index.version, ''), coalesce(pg_inherits.version, '')) "
                      "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                      "{}{}{}{}{}WHERE c.relkind IN ('r', 'p', 'm', 'f') AND c.relpersistence <> 't' AND {}",
                      sum("pg_attribute", "attrelid", kOfTables), sum("pg_attrdef", "adrelid", "true"),
                      sum("pg_constraint", "conrelid", "true"), sum("pg_index", "indrelid", "true"),
                      sum("pg_inherits", "inhrelid", "true"), kUserNamespace),
          read_table_versions};
}

SnapshotStep other_objects_step() {
  std::string list;
  for (const Catalog& catalog : kOthers) {
    list += fmt::format(
        "{}(SELECT pg_catalog.concat_ws(':', pg_catalog.count(*), pg_catalog.sum(xmin::text::bigint)) FROM "
        "pg_catalog.{} WHERE {})",
        list.empty() ? "" : ", ", catalog.name, catalog.condition);
  }
  return {"SELECT pg_catalog.concat_ws('/', " + list + ")", read_other_objects};
}

}  // namespace pgadvisor::collectors
