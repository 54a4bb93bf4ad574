#include "collectors/row_reading.hpp"
#include "collectors/snapshot_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::collectors {

namespace {

constexpr int kFirstWithUnenforced = 180000;  // pg_constraint.conenforced, conperiod

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
         referenced->first, column_names(tables[referenced->second], rows.text(row, 4)),
         oids_of(rows.text(row, 5))});
  }
}

void read_lookups(const pg::Rows& rows, SnapshotDraft& draft) {
  for (int row = 0; row < rows.size(); ++row)
    draft.snapshot.lookups.emplace(oid(rows, row, 0), oid(rows, row, 1));
}

}  // namespace

/// Those of a partition are its root's. NOT ENFORCED ones look nothing up, and ranges (PERIOD) not by
/// equality.
SnapshotStep foreign_keys_step(int server_version) {
  return {fmt::format("SELECT conname, conrelid, pg_catalog.array_to_string(conkey, ' '), confrelid, "
                      "pg_catalog.array_to_string(confkey, ' '), pg_catalog.array_to_string(conpfeqop, ' ') "
                      "FROM pg_catalog.pg_constraint WHERE contype = 'f' AND conparentid = 0{} "
                      "ORDER BY conrelid, conname",
                      server_version >= kFirstWithUnenforced ? " AND conenforced AND NOT conperiod" : ""),
          read_foreign_keys};
}

/// Equality is strategy 3 of a B-tree and 1 of a hash index.
SnapshotStep lookups_step() {
  return {
      "SELECT DISTINCT o.oid, a.amopopr FROM pg_catalog.pg_amop a "
      "JOIN pg_catalog.pg_am m ON m.oid = a.amopmethod "
      "JOIN pg_catalog.pg_opclass o ON o.opcfamily = a.amopfamily "
      "WHERE a.amoppurpose = 's' AND (m.amname, a.amopstrategy) IN (('btree', 3), ('hash', 1)) "
      "AND a.amopopr IN (SELECT pg_catalog.unnest(k.conpfeqop) FROM pg_catalog.pg_constraint k "
      "WHERE k.contype = 'f')",
      read_lookups};
}

}  // namespace pgadvisor::collectors
