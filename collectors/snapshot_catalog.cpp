#include "collectors/row_reading.hpp"
#include "collectors/snapshot_rows.hpp"

#include <charconv>

namespace pgadvisor::collectors {

namespace {

void read_tables(const pg::Rows& rows, SnapshotDraft& draft) {
  auto& tables = draft.snapshot.tables;
  tables.reserve(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) {
    model::Table table;
    table.oid = oid(rows, row, 0);
    table.name = object_name(rows, row, 1);
    table.kind = rows.text(row, 3).front();
    table.reltuples = rows.real(row, 4);
    table.relpages = rows.integer(row, 5);
    table.pages = table.relpages;
    table.relallvisible = rows.integer(row, 6);
    table.has_children = rows.boolean(row, 7);
    table.parent = oid(rows, row, 8);
    table.in_extension = rows.boolean(row, 9);
    draft.table_positions.emplace(table.oid, tables.size());
    tables.push_back(std::move(table));
  }
}

void read_columns(const pg::Rows& rows, SnapshotDraft& draft) {
  for (int row = 0; row < rows.size(); ++row) {
    const auto table = draft.table_positions.find(oid(rows, row, 0));
    if (table == draft.table_positions.end()) continue;  // created meanwhile
    model::Column column;
    column.number = static_cast<std::int16_t>(rows.integer(row, 1));
    column.name = rows.string(row, 2);
    column.type = rows.string(row, 3);
    column.not_null = rows.boolean(row, 4);
    column.length = static_cast<std::int16_t>(rows.integer(row, 5));
    column.alignment = rows.text(row, 6).front();
    column.collation = oid(rows, row, 7);
    draft.snapshot.tables[table->second].columns.push_back(std::move(column));
  }
}

}  // namespace

std::vector<std::int64_t> numbers_of(std::string_view vector_text) {
  std::vector<std::int64_t> numbers;
  const char* position = vector_text.data();
  const char* const end = position + vector_text.size();
  while (position < end) {
    std::int64_t number = 0;
    const auto [next, error] = std::from_chars(position, end, number);
    if (error == std::errc{}) numbers.push_back(number);
    position = error == std::errc{} ? next : position + 1;
  }
  return numbers;
}

std::vector<model::Oid> oids_of(std::string_view vector_text) {
  std::vector<model::Oid> oids;
  for (const auto number : numbers_of(vector_text)) oids.push_back(static_cast<model::Oid>(number));
  return oids;
}

std::string user_relation() {
  return std::string(" AND c.relpersistence <> 't' AND ") + kUserNamespace;
}

std::string extension_members() {
  return "SELECT x.objid FROM pg_catalog.pg_depend x WHERE x.deptype = 'e' "
         "AND x.classid = 'pg_catalog.pg_class'::pg_catalog.regclass";
}

SnapshotStep tables_step() {
  return {
      "SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples, c.relpages, c.relallvisible, "
      "c.relhassubclass AND EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhparent = c.oid), "
      "(SELECT h.inhparent FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid ORDER BY h.inhseqno LIMIT "
      "1), c.oid IN (" +
          extension_members() +
          ") "
          "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
          "WHERE c.relkind IN ('r', 'p', 'm', 'f')" +
          user_relation() + " ORDER BY c.oid",
      read_tables};
}

SnapshotStep columns_step() {
  return {
      "SELECT a.attrelid, a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), "
      "a.attnotnull, "
      "a.attlen, a.attalign, a.attcollation FROM pg_catalog.pg_attribute a "
      "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'm', 'f')" +
          user_relation() + " ORDER BY a.attrelid, a.attnum",
      read_columns};
}

}  // namespace pgadvisor::collectors
