#include "advisor/selection/table_writes.hpp"

#include "collectors/sql/names_in.hpp"

#include <algorithm>

namespace pgadvisor::selection {
namespace {

constexpr int kFirstWithSummarizing = 160000;

using Columns = std::set<std::string>;

bool meet(const Columns& a, const Columns& b) {
  return std::ranges::any_of(a, [&](const auto& column) { return b.contains(column); });
}

void add_named(Columns& columns, const std::string& sql, const model::Table& table) {
  if (sql.empty()) return;
  const auto names = sql::names_in(sql);
  for (const auto& column : table.columns) {
    if (names.contains(column.name)) columns.insert(column.name);
  }
}

Columns columns_of(const model::Index& index, const model::Table& table) {
  Columns columns;
  for (const auto& column : table.columns) {
    if (std::ranges::find(index.columns, column.number) != index.columns.end()) columns.insert(column.name);
  }
  for (const auto& expression : index.expressions) add_named(columns, expression, table);
  add_named(columns, index.predicate, table);
  return columns;
}

/// Columns whose change an index has to follow: keys, INCLUDE, and all that expressions and predicate name
/// (RelationGetIndexAttrBitmap, relcache.c).
Columns columns_of(const model::IndexDefinition& definition, const model::Table& table) {
  Columns columns(definition.include.begin(), definition.include.end());
  for (const auto& key : definition.keys) {
    if (key.expression.empty()) {
      columns.insert(key.column);
    } else {
      add_named(columns, key.expression, table);
    }
  }
  add_named(columns, definition.predicate, table);
  return columns;
}

}  // namespace

Writes::Writes(const workload::Workload& workload, const workload::AnalysedWorkload& analysed,
               const model::DatabaseSnapshot& snapshot)
    : trees_(snapshot.tables), summarizing_stays_hot_(snapshot.server.version >= kFirstWithSummarizing) {
  add_indexes(snapshot);
  for (const auto& statement : analysed.statements) add_statement(statement, !workload.writes.empty());
  for (const auto& [table, counters] : workload.writes) {
    auto& writes = tables_[table].writes;
    writes.inserted = static_cast<double>(counters.inserted);
    writes.deleted = static_cast<double>(counters.deleted);
    writes.updated = static_cast<double>(counters.updated - counters.hot_updated);
    writes.hot_updated = static_cast<double>(counters.hot_updated);
  }
}

void Writes::add_indexes(const model::DatabaseSnapshot& snapshot) {
  for (const auto& index : snapshot.indexes) {
    const auto* table = trees_.find(index.table);
    if (table == nullptr || !index.is_live || (summarizing_stays_hot_ && index.method == "brin")) continue;
    tables_[table->name].indexed.merge(columns_of(index, *table));
  }
}

void Writes::add_statement(const workload::AnalysedStatement& statement, bool counted) {
  const double rows = statement.statement.calls * workload::rows_written(statement);
  for (const auto& write : statement.parts.front().scans.writes) {
    auto& table = tables_[write.relation];
    const Columns columns(write.columns.begin(), write.columns.end());
    const bool updates = write.command == 'u' || write.command == 'm';
    if (updates) table.updates.push_back({columns, rows});
    if (counted) continue;
    if (write.command == 'i') table.writes.inserted += rows;
    if (write.command == 'd') table.writes.deleted += rows;
    if (updates) (meet(columns, table.indexed) ? table.writes.updated : table.writes.hot_updated) += rows;
  }
}

std::vector<const Writes::Known*> Writes::known(std::span<const model::Table* const> tables) const {
  std::vector<const Known*> result;
  for (const auto* table : tables) {
    if (const auto found = tables_.find(table->name); found != tables_.end())
      result.push_back(&found->second);
  }
  return result;
}

TableWrites Writes::to(const model::Table& table) const {
  auto tables = trees_.below(table);
  tables.push_back(&table);
  TableWrites sum;
  for (const auto* one : known(tables)) {
    sum.inserted += one->writes.inserted;
    sum.deleted += one->writes.deleted;
    sum.updated += one->writes.updated;
    sum.hot_updated += one->writes.hot_updated;
  }
  return sum;
}

double Writes::lost_hot(const model::Table& table, const model::IndexDefinition& index) const {
  if (summarizing_stays_hot_ && index.method == "brin") return 0;
  auto tables = trees_.below(table);
  tables.push_back(&table);
  Columns indexed;
  for (const auto* one : known(tables)) indexed.insert(one->indexed.begin(), one->indexed.end());
  const auto columns = columns_of(index, table);
  Columns fresh;
  std::ranges::set_difference(columns, indexed, std::inserter(fresh, fresh.end()));
  std::ranges::copy(trees_.above(table), std::back_inserter(tables));
  const auto all = known(tables);
  const auto rows = [&](const auto& those) {
    double sum = 0;
    for (const auto* one : all) {
      for (const auto& update : one->updates) sum += those(update.columns) ? update.rows : 0;
    }
    return sum;
  };
  const double hot = rows([&](const auto& set) { return !meet(set, indexed); });
  const auto may_be_hot = [&](const auto& set) { return hot == 0 || !meet(set, indexed); };
  const double possible = rows(may_be_hot);
  if (possible == 0) return 0;
  return to(table).hot_updated * rows([&](const auto& set) { return may_be_hot(set) && meet(set, fresh); }) /
         possible;
}

}  // namespace pgadvisor::selection
