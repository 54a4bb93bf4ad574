#include "advisor/sandbox/relation_sizes.hpp"

#include "advisor/sandbox/btree_size.hpp"
#include "advisor/sandbox/page_layout.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace pgadvisor::sandbox {
namespace {

/// The N of "character varying(N)"; 0 without.
int declared_length(const std::string& type) {
  const std::size_t open = type.find('(');
  return open == std::string::npos ? 0 : std::atoi(type.c_str() + open + 1);
}

/// What the planner takes a value to be wide before any was seen: get_typavgwidth() in lsyscache.c, with four
/// bytes a character as in UTF-8.
int assumed_width(const model::Column& column) {
  constexpr int kUnknown = 32;
  constexpr int kLongest = 1000;
  if (column.length > 0) return column.length;
  const int declared = declared_length(column.type);
  if (declared <= 0 || !column.type.starts_with("character") || column.type.ends_with("]")) return kUnknown;
  const int most = declared * 4 + 4;
  if (most <= kUnknown || !column.type.starts_with("character varying")) return most;
  return kUnknown + (std::min(most, kLongest) - kUnknown) / 2;
}

double all_visible(const model::Table& table) {
  if (table.relallvisible == 0 || table.pages <= 0) return 0;
  if (table.relallvisible >= table.pages) return 1;
  return static_cast<double>(table.relallvisible) / static_cast<double>(table.pages);
}

RelationSize table_size(const model::Table& table, int version) {
  if (table.kind == 'f') {
    return {table.name, static_cast<double>(table.relpages), std::max(0.0, table.reltuples)};
  }
  return {table.name, static_cast<double>(table.pages), estimate_tuples(table, version), all_visible(table)};
}

/// Only the rows of a partial index are its own; those of others are the table's.
double index_tuples(const model::Index& index) {
  if (index.pages == 0) return 0;
  // The metapage is no place for rows.
  const auto relpages = static_cast<double>(std::max<std::int64_t>(0, index.relpages - 1));
  const auto pages = static_cast<double>(index.pages - 1);
  if (index.reltuples < 0 || relpages <= 0) return std::max(0.0, index.reltuples);
  return std::rint(index.reltuples / relpages * pages);
}

using StatisticsByColumn =
    std::map<std::pair<model::ObjectName, std::string>, const model::ColumnStatistics*>;

/// As the planner has it without statistics (get_typavgwidth(), DEFAULT_NUM_DISTINCT); an expression is no
/// column.
KeyColumn average_column(const model::Column* column, const model::ColumnStatistics* statistics,
                         double rows) {
  KeyColumn key{.length = column != nullptr ? column->length : std::int16_t{-1}};
  double distinct = 200;
  int width = column != nullptr ? assumed_width(*column) : 32;
  if (statistics != nullptr) {
    key.nulls = static_cast<double>(statistics->null_fraction);
    distinct = static_cast<double>(statistics->distinct);
    if (distinct < 0) distinct *= -rows;
    width = std::max(1, statistics->average_width);
  }
  key.classes = {{1 - key.nulls, std::clamp(distinct, 1.0, std::max(1.0, rows)), width}};
  return key;
}

/// Without pageinspect: by the mean size of a key, which tells pages apart in nearly all indexes.
int tree_height(const model::Index& index, const model::Table& table, double rows,
                const StatisticsByColumn& statistics) {
  if (index.method != "btree") return -1;
  if (index.tree_height) return *index.tree_height;
  std::vector<KeyColumn> keys;
  for (std::size_t position = 0; position < static_cast<std::size_t>(index.key_count); ++position) {
    const std::int16_t number = position < index.columns.size() ? index.columns[position] : std::int16_t{0};
    const auto column = std::ranges::find(table.columns, number, &model::Column::number);
    const bool known = column != table.columns.end();
    const auto found = known ? statistics.find({table.name, column->name}) : statistics.end();
    keys.push_back(average_column(known ? &*column : nullptr,
                                  found == statistics.end() ? nullptr : found->second, rows));
  }
  return estimate_height(index.pages, mean_pivot(keys, rows));
}

}  // namespace

double tuples_by_types(const model::Table& table) {
  double width = 24 + kLinePointer;  // and the tuple's header
  for (const model::Column& column : table.columns) width += assumed_width(column);
  return std::max(1.0, std::floor(usable_page(0) / width)) * static_cast<double>(table.pages);
}

double rows_of(const model::Table& table) {
  if (table.kind == 'p') return std::max(0.0, table.reltuples);  // it has no pages of its own
  const double tuples = estimate_tuples(table, 140000);
  return tuples < 0 ? tuples_by_types(table) : tuples;
}

double estimate_tuples(const model::Table& table, int version) {
  const auto pages = static_cast<double>(table.pages);
  const bool never_counted = version >= 140000 ? table.reltuples < 0 : table.relpages == 0;
  if (never_counted) return -1;
  if (table.pages == 0) return 0;
  // A table analysed while it was empty has no density.
  if (table.relpages == 0) return tuples_by_types(table);
  return std::rint(table.reltuples / static_cast<double>(table.relpages) * pages);
}

std::vector<RelationSize> relation_sizes(const model::DatabaseSnapshot& snapshot) {
  std::vector<RelationSize> sizes;
  std::unordered_map<std::uint32_t, const model::Table*> tables;
  for (const model::Table& table : snapshot.tables) {
    tables[static_cast<std::uint32_t>(table.oid)] = &table;
    if (table.kind != 'p') sizes.push_back(table_size(table, snapshot.server.version));
  }
  StatisticsByColumn statistics;
  for (const model::ColumnStatistics& row : snapshot.column_statistics)
    if (!row.inherited) statistics[{row.relation, row.column}] = &row;
  for (const model::Index& index : snapshot.indexes) {
    const auto found = tables.find(static_cast<std::uint32_t>(index.table));
    if (found == tables.end() || found->second->kind == 'p') continue;
    const model::Table& table = *found->second;
    const double rows = std::max(0.0, estimate_tuples(table, snapshot.server.version));
    sizes.push_back({index.name, static_cast<double>(index.pages), index_tuples(index), 0,
                     tree_height(index, table, rows, statistics)});
  }
  return sizes;
}

}  // namespace pgadvisor::sandbox
