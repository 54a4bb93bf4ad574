#include "collectors/row_reading.hpp"
#include "collectors/snapshot_rows.hpp"

#include <algorithm>
#include <charconv>

namespace pgadvisor::collectors {

namespace {

const std::string kUserRelation = std::string(" AND c.relpersistence <> 't' AND ") + kUserNamespace;

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
    draft.column_collations.emplace(std::pair(table->first, column.number), rows.integer(row, 7));
    draft.snapshot.tables[table->second].columns.push_back(std::move(column));
  }
}

void read_operator_classes(const pg::Rows& rows, SnapshotDraft& draft) {
  for (int row = 0; row < rows.size(); ++row) draft.default_operator_classes.insert(rows.integer(row, 0));
}

std::vector<std::int16_t> small_numbers(const std::vector<std::int64_t>& numbers) {
  std::vector<std::int16_t> small;
  std::transform(numbers.begin(), numbers.end(), std::back_inserter(small),
                 [](std::int64_t number) { return static_cast<std::int16_t>(number); });
  return small;
}

/// See model::Index::has_special_keys.
bool has_special_keys(const model::Index& index, const std::vector<std::int64_t>& operator_classes,
                      const std::vector<std::int64_t>& collations, const SnapshotDraft& draft) {
  for (std::size_t i = 0; i < operator_classes.size() && i < index.columns.size(); ++i) {
    if (index.columns[i] == 0 || !draft.default_operator_classes.contains(operator_classes[i])) return true;
    const auto column = draft.column_collations.find({index.table, index.columns[i]});
    const bool collated = i < collations.size() && collations[i] != 0;
    if (collated && column != draft.column_collations.end() && column->second != collations[i]) return true;
  }
  return false;
}

void read_indexes(const pg::Rows& rows, SnapshotDraft& draft) {
  for (int row = 0; row < rows.size(); ++row) {
    model::Index index;
    index.oid = oid(rows, row, 0);
    index.name = object_name(rows, row, 1);
    index.table = oid(rows, row, 3);
    if (!draft.table_positions.contains(index.table)) continue;  // created meanwhile
    index.method = rows.string(row, 4);
    index.key_count = static_cast<std::int16_t>(rows.integer(row, 5));
    index.columns = small_numbers(numbers_of(rows.text(row, 6)));
    index.is_unique = rows.boolean(row, 7);
    index.is_primary = rows.boolean(row, 8);
    index.is_exclusion = rows.boolean(row, 9);
    index.is_valid = rows.boolean(row, 10);
    index.is_clustered = rows.boolean(row, 11);
    index.is_replica_identity = rows.boolean(row, 12);
    index.is_partial = rows.boolean(row, 13);
    index.has_expressions = rows.boolean(row, 14);
    index.options = small_numbers(numbers_of(rows.text(row, 15)));
    index.has_special_keys =
        has_special_keys(index, numbers_of(rows.text(row, 16)), numbers_of(rows.text(row, 17)), draft);
    index.backs_constraint = rows.boolean(row, 18);
    index.parent = oid(rows, row, 19);
    index.reltuples = rows.real(row, 20);
    index.relpages = rows.integer(row, 21);
    index.pages = index.relpages;
    draft.snapshot.indexes.push_back(std::move(index));
  }
}

std::vector<std::string> column_names(const model::Table& table, std::string_view numbers) {
  std::vector<std::string> names;
  for (const auto number : numbers_of(numbers)) {
    const auto column =
        std::find_if(table.columns.begin(), table.columns.end(),
                     [&](const model::Column& candidate) { return candidate.number == number; });
    if (column != table.columns.end()) names.push_back(column->name);
  }
  return names;
}

void read_foreign_keys(const pg::Rows& rows, SnapshotDraft& draft) {
  for (int row = 0; row < rows.size(); ++row) {
    const auto table = draft.table_positions.find(oid(rows, row, 1));
    const auto referenced = draft.table_positions.find(oid(rows, row, 3));
    if (table == draft.table_positions.end() || referenced == draft.table_positions.end()) continue;
    const auto& tables = draft.snapshot.tables;
    draft.snapshot.foreign_keys.push_back(
        {rows.string(row, 0), table->first, column_names(tables[table->second], rows.text(row, 2)),
         referenced->first, column_names(tables[referenced->second], rows.text(row, 4))});
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

SnapshotStep tables_step() {
  return {
      "SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples, c.relpages, c.relallvisible, "
      "c.relhassubclass AND EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhparent = c.oid), "
      "(SELECT h.inhparent FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid ORDER BY h.inhseqno LIMIT "
      "1) "
      "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE c.relkind IN ('r', 'p', 'm', 'f')" +
          kUserRelation + " ORDER BY c.oid",
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
          kUserRelation + " ORDER BY a.attrelid, a.attnum",
      read_columns};
}

SnapshotStep operator_classes_step() {
  return {"SELECT oid FROM pg_catalog.pg_opclass WHERE opcdefault", read_operator_classes};
}

SnapshotStep indexes_step() {
  return {
      "SELECT c.oid, n.nspname, c.relname, i.indrelid, m.amname, i.indnkeyatts, i.indkey, i.indisunique, "
      "i.indisprimary, i.indisexclusion, i.indisvalid AND i.indisready, i.indisclustered, i.indisreplident, "
      "i.indpred IS NOT NULL, i.indexprs IS NOT NULL, i.indoption, i.indclass, i.indcollation, "
      "k.conindid IS NOT NULL, "
      "(SELECT h.inhparent FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid LIMIT 1), c.reltuples, "
      "c.relpages "
      "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_am m ON m.oid = c.relam "
      "LEFT JOIN (SELECT DISTINCT conindid FROM pg_catalog.pg_constraint WHERE conindid <> 0) k "
      "ON k.conindid = c.oid WHERE c.relkind IN ('i', 'I')" +
          kUserRelation + " ORDER BY c.oid",
      read_indexes};
}

SnapshotStep foreign_keys_step() {
  return {
      "SELECT conname, conrelid, pg_catalog.array_to_string(conkey, ' '), confrelid, "
      "pg_catalog.array_to_string(confkey, ' ') FROM pg_catalog.pg_constraint "
      "WHERE contype = 'f' AND conparentid = 0 ORDER BY conrelid, conname",
      read_foreign_keys};
}

}  // namespace pgadvisor::collectors
