#include "collectors/snapshot_ends.hpp"

#include "collectors/relation_sizes.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

namespace pgadvisor::collectors {

namespace {

constexpr std::size_t kMostColumns = 2000;
constexpr int kFirstWithGrantSet = 150000;

/// One statement, so that the settings, which end with it, hold for what it reads whatever pooler is between.
/// query_to_xml() runs a text as a read-only statement; its own text is one for all tables. Values travel as
/// hexadecimal digits of the database's encoding: XML lacks some characters. Ordering by the column takes the
/// type's default operators and the column's collation: indexes in another order would not be used, and are
/// left out. Values wider than ANALYZE keeps are none that the twin's statistics know.
constexpr const char* kEndsSql = R"(
WITH quiet AS MATERIALIZED (
  SELECT pg_catalog.set_config('track_counts', 'off', true) = 'off' AS uncounted,
         CASE WHEN pg_catalog.current_setting('pg_stat_statements.track', true) = 'all'
              THEN pg_catalog.set_config('pg_stat_statements.track', 'none', true) END,
         pg_catalog.set_config('enable_seqscan', 'off', true),
         pg_catalog.set_config('enable_bitmapscan', 'off', true),
         pg_catalog.set_config('enable_sort', 'off', true))
SELECT i.indexrelid, pg_catalog.convert_from(pg_catalog.decode(pg_catalog.substring(
  CASE WHEN quiet.uncounted THEN pg_catalog.query_to_xml(pg_catalog.format(
    'SELECT pg_catalog.encode(pg_catalog.convert_to(e.ends, pg_catalog.getdatabaseencoding()), ''hex'') AS ends
     FROM (SELECT ARRAY[
       (SELECT %1$I FROM ONLY %2$I.%3$I WHERE %1$I IS NOT NULL ORDER BY %1$I ASC NULLS %4$s LIMIT 1),
       (SELECT %1$I FROM ONLY %2$I.%3$I WHERE %1$I IS NOT NULL ORDER BY %1$I DESC NULLS %5$s LIMIT 1)
     ]::text AS ends OFFSET 0) e WHERE e.ends <> ''{NULL,NULL}'' AND pg_catalog.octet_length(e.ends) <= 2048',
    a.attname, n.nspname, c.relname, CASE WHEN o.nulls_low THEN 'FIRST' ELSE 'LAST' END,
    CASE WHEN o.nulls_low THEN 'LAST' ELSE 'FIRST' END), false, true, '') END::text,
  '<ends>([0-9a-f]+)</ends>'), 'hex'), pg_catalog.getdatabaseencoding())
FROM quiet
CROSS JOIN pg_catalog.unnest($1::oid[]) w(relation)
JOIN pg_catalog.pg_index i ON i.indexrelid = w.relation
CROSS JOIN LATERAL (SELECT i.indoption[0] IN (1, 2) AS nulls_low) o
JOIN pg_catalog.pg_opclass k ON k.oid = i.indclass[0] AND k.opcdefault
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
  AND a.attcollation = i.indcollation[0]
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid AND t.typarray <> 0 AND t.typcategory <> 'A')";

using ColumnKey = std::pair<model::ObjectName, std::string>;

double sampled_rows(const model::DatabaseSnapshot& snapshot) {
  return 300.0 * number_of(snapshot.settings, "default_statistics_target", 100);
}

bool may_have_unknown_ends(const model::Table& table, double sampled) {
  return (table.kind == 'r' || table.kind == 'm') &&
         (table.reltuples > sampled || table.pages != table.relpages);
}

/// Of two indexes of one column, that which is more likely in the column's own order.
bool is_better(const model::Index& index, const model::Index* than) {
  return than == nullptr || (than->has_special_keys && !index.has_special_keys);
}

/// The column of the first key, where it is one and the planner would look for its ends in this index.
const model::Column* probed_column(const model::Index& index, const model::Table& table) {
  if (index.method != "btree" || !index.is_valid || index.is_partial || index.columns.empty()) return nullptr;
  const auto column = std::ranges::find(table.columns, index.columns.front(), &model::Column::number);
  return column == table.columns.end() ? nullptr : &*column;
}

std::unordered_map<model::Oid, const model::Table*> tables_by_oid(const model::DatabaseSnapshot& snapshot) {
  std::unordered_map<model::Oid, const model::Table*> tables;
  for (const auto& table : snapshot.tables) tables.emplace(table.oid, &table);
  return tables;
}

void take_ends(const Answers& ends, model::DatabaseSnapshot& snapshot) {
  const auto tables = tables_by_oid(snapshot);
  std::map<ColumnKey, std::string> by_column;
  for (const auto& index : snapshot.indexes) {
    const auto found = ends.find(index.oid);
    if (found == ends.end()) continue;
    const model::Table& table = *tables.at(index.table);
    by_column[{table.name, probed_column(index, table)->name}] = found->second;
  }
  for (auto& row : snapshot.column_statistics) {
    const auto found = by_column.find({row.relation, row.column});
    if (found != by_column.end() && !row.inherited) row.ends = found->second;
  }
}

}  // namespace

std::vector<model::Oid> indexes_with_unknown_ends(const model::DatabaseSnapshot& snapshot) {
  std::map<ColumnKey, const model::Index*> chosen;
  for (const auto& row : snapshot.column_statistics)
    if (row.histogram_bounds && !row.inherited) chosen[{row.relation, row.column}] = nullptr;
  const auto tables = tables_by_oid(snapshot);
  const double sampled = sampled_rows(snapshot);
  for (const auto& index : snapshot.indexes) {
    const model::Table& table = *tables.at(index.table);
    const model::Column* const column = probed_column(index, table);
    if (column == nullptr || !may_have_unknown_ends(table, sampled)) continue;
    const auto found = chosen.find({table.name, column->name});
    if (found != chosen.end() && is_better(index, found->second)) found->second = &index;
  }
  std::vector<std::pair<std::int64_t, model::Oid>> by_pages;
  for (const auto& [column, index] : chosen)
    if (index != nullptr) by_pages.emplace_back(-tables.at(index->table)->pages, index->oid);
  std::ranges::sort(by_pages);
  by_pages.resize(std::min(by_pages.size(), kMostColumns));
  std::vector<model::Oid> indexes;
  for (const auto& [pages, index] : by_pages) indexes.push_back(index);
  return indexes;
}

boost::asio::awaitable<model::Result<bool>> may_read_uncounted(pg::Connection& connection) {
  const char* const sql =
      connection.server_version() < kFirstWithGrantSet
          ? "SELECT pg_catalog.current_setting('is_superuser') = 'on'"
          : "SELECT pg_catalog.has_parameter_privilege('track_counts', 'SET') AND ("
            "pg_catalog.current_setting('pg_stat_statements.track', true) IS DISTINCT FROM 'all' OR "
            "pg_catalog.has_parameter_privilege('pg_stat_statements.track', 'SET'))";
  const auto rows = co_await connection.query(sql);
  if (!rows) co_return rows.error();
  co_return rows->boolean(0, 0);
}

boost::asio::awaitable<model::Result<void>> collect_ends(pg::Connection& connection,
                                                         model::DatabaseSnapshot& snapshot) {
  std::vector<model::Oid> indexes = indexes_with_unknown_ends(snapshot);
  if (indexes.empty()) co_return model::Result<void>();
  const auto allowed = co_await may_read_uncounted(connection);
  if (!allowed) co_return allowed.error();
  if (!*allowed) co_return model::Result<void>();
  const auto usual = co_await connection.query("SELECT pg_catalog.current_setting('statement_timeout')");
  if (!usual) co_return usual.error();
  pg::SessionSettings brief{{"statement_timeout", "1s"}};
  const auto shortened = co_await connection.set(std::move(brief));
  if (!shortened) co_return shortened.error();
  const auto ends = co_await ask_relations(connection, kEndsSql, std::move(indexes));
  if (!ends) co_return ends.error();
  pg::SessionSettings before{{"statement_timeout", usual->string(0, 0)}};
  const auto restored = co_await connection.set(std::move(before));
  if (!restored) co_return restored.error();
  take_ends(*ends, snapshot);
  co_return model::Result<void>();
}

}  // namespace pgadvisor::collectors
