#include "advisor/index_health/foreign_keys.hpp"

#include "advisor/index_health/index_key.hpp"
#include "advisor/index_health/wording.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace pgadvisor::index_health {

namespace {

using advisor::ForeignKeyReport;
using advisor::Severity;

/// A table that is read in a moment, and one that is not (pages).
constexpr std::int64_t kSmall = 100;
constexpr std::int64_t kLarge = 1000;

const model::Column* column_named(const model::Table& table, const std::string& name) {
  const auto found = std::ranges::find(table.columns, name, &model::Column::name);
  return found == table.columns.end() ? nullptr : &*found;
}

Severity severity(std::int64_t pages, double changes, bool in_part) {
  if (pages >= kLarge && changes > 0 && !in_part) return Severity::kCritical;
  if (pages >= kLarge || (pages >= kSmall && changes > 0))
    return in_part ? Severity::kInfo : Severity::kWarning;
  return Severity::kInfo;
}

model::IndexDefinition definition_for(const model::Table& table, const std::vector<std::string>& columns) {
  model::IndexDefinition definition;
  definition.table = table.name;
  for (const auto& column : columns) definition.keys.push_back({column});
  return definition;
}

std::vector<std::string> names_taken(const model::DatabaseSnapshot& snapshot, const std::string& schema) {
  std::vector<std::string> names;
  const auto add = [&](const auto& relation) {
    if (relation.name.schema == schema) names.push_back(relation.name.name);
  };
  std::ranges::for_each(snapshot.tables, add);
  std::ranges::for_each(snapshot.indexes, add);
  return names;
}

}  // namespace

ForeignKeys::ForeignKeys(const Catalog& catalog) : catalog_(catalog) {
  for (const auto& key : catalog.snapshot().foreign_keys) {
    if (catalog.table(key.table) != nullptr) by_table_[key.table].push_back(&key);
  }
}

/// Whether the index looks up one of the key's columns, by the check's equality, at a position of its own
/// key.
bool ForeignKeys::finds(const model::Index& index, std::size_t position, const model::ForeignKey& key) const {
  const auto* table = catalog_.table(index.table);
  const auto keys = keys_of(index);
  if (table == nullptr || position >= keys.size()) return false;
  for (std::size_t i = 0; i < key.columns.size() && i < key.operators.size(); ++i) {
    const auto* column = column_named(*table, key.columns[i]);
    if (column == nullptr || column->number != keys[position].column) continue;
    return column->collation == keys[position].collation &&
           catalog_.snapshot().lookups.contains({keys[position].operator_class, key.operators[i]});
  }
  return false;
}

bool ForeignKeys::serves(const model::Index& index, const model::ForeignKey& key) const {
  const auto* table = catalog_.table(index.table);
  if (table == nullptr || !index.is_valid || !index.is_live) return false;
  const bool fits = index.method == "btree" || (index.method == "hash" && key.columns.size() == 1);
  if (!fits || static_cast<std::size_t>(index.key_count) < key.columns.size()) return false;
  std::set<std::int16_t> columns;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    if (!finds(index, i, key)) return false;
    columns.insert(index.columns[i]);
  }
  if (columns.size() != key.columns.size()) return false;
  if (!index.is_partial) return true;
  return !index.not_null.empty() &&
         std::ranges::all_of(index.not_null, [&](std::int16_t column) { return columns.contains(column); });
}

const model::ForeignKey* ForeignKeys::served_by(const model::Index& index) const {
  for (const auto* table = catalog_.table(index.table); table != nullptr;
       table = catalog_.table(table->parent)) {
    const auto keys = by_table_.find(table->oid);
    if (keys == by_table_.end()) continue;
    const auto served =
        std::ranges::find_if(keys->second, [&](const auto* key) { return serves(index, *key); });
    if (served != keys->second.end()) return *served;
  }
  return nullptr;
}

bool ForeignKeys::is_served(const model::ForeignKey& key, const model::Table& table) const {
  const auto& indexes = catalog_.indexes_of(table.oid);
  if (std::ranges::any_of(indexes, [&](const auto* index) { return serves(*index, key); })) return true;
  const auto leaves = catalog_.leaves(table);
  return table.kind == 'p' && !leaves.empty() &&
         std::ranges::all_of(leaves, [&](const auto* leaf) { return is_served(key, *leaf); });
}

/// An index that finds more rows than the check wants: by some of the key's columns.
std::string ForeignKeys::served_in_part(const model::ForeignKey& key, const model::Table& table) const {
  for (const auto* index : catalog_.indexes_of(table.oid)) {
    if (index->method != "btree" || !index->is_valid || index->is_partial || !finds(*index, 0, key)) continue;
    return sql::quote_name(index->name);
  }
  return {};
}

double ForeignKeys::changes(const model::ForeignKey& key, const ParentChanges& changes) const {
  const auto* parent = catalog_.table(key.referenced_table);
  if (parent == nullptr) return 0;
  double rows = 0;
  for (const auto* leaf : catalog_.leaves(*parent)) {
    const auto deleted = changes.deleted.find(leaf->name);
    if (deleted != changes.deleted.end()) rows += static_cast<double>(deleted->second);
  }
  for (const auto& update : changes.updates) {
    const bool sets_key = std::ranges::any_of(update.columns, [&](const auto& column) {
      return std::ranges::find(key.referenced_columns, column) != key.referenced_columns.end();
    });
    if (update.table == parent->name && sets_key) rows += update.rows;
  }
  return rows;
}

/// Of several keys on the same columns.
ForeignKeyReport ForeignKeys::report(const std::vector<const model::ForeignKey*>& keys,
                                     const ParentChanges& changes) const {
  const auto& first = *keys.front();
  const auto& table = *catalog_.table(first.table);
  ForeignKeyReport report;
  report.table = table.name;
  report.columns = first.columns;
  for (const auto* key : keys) {
    report.names.push_back(key->name);
    const auto* parent = catalog_.table(key->referenced_table);
    report.references.push_back(parent != nullptr ? parent->name : model::ObjectName{});
    report.changes += this->changes(*key, changes);
  }
  std::int64_t pages = 0;
  for (const auto* leaf : catalog_.leaves(table)) pages += leaf->pages;
  report.table_size = {pages * model::kBlockSize};
  const auto partly = served_in_part(first, table);
  report.severity = severity(pages, report.changes, !partly.empty());
  report.reasons.push_back(
      report.changes > 0
          ? fmt::format(
                "{:.0f} referenced rows were deleted, or had their key set, since {}: for each PostgreSQL "
                "reads the {} of {}.",
                report.changes, moment(changes.window.from), size(report.table_size),
                sql::quote_name(table.name))
          : fmt::format(
                "No referenced row was deleted since {}. The first one makes PostgreSQL read the {} of {}, "
                "with a lock on the row held meanwhile.",
                moment(changes.window.from), size(report.table_size), sql::quote_name(table.name)));
  if (!partly.empty())
    report.reasons.push_back(fmt::format("{} finds them by some of the columns only.", partly));
  const auto definition = definition_for(table, report.columns);
  const auto name = sql::index_name(definition, names_taken(catalog_.snapshot(), table.name.schema));
  const bool concurrently = table.kind != 'p';
  report.ddl = sql::create_index(definition, name, concurrently);
  report.rollback = sql::drop_index(table.name.schema, name, concurrently);
  return report;
}

std::vector<ForeignKeyReport> ForeignKeys::without_index(const ParentChanges& changes) const {
  std::map<std::pair<model::Oid, std::set<std::string>>, std::vector<const model::ForeignKey*>> missing;
  for (const auto& [oid, keys] : by_table_) {
    const auto& table = *catalog_.table(oid);
    if (table.in_extension || table.kind == 'f') continue;
    for (const auto* key : keys) {
      if (!is_served(*key, table)) missing[{oid, {key->columns.begin(), key->columns.end()}}].push_back(key);
    }
  }
  std::vector<ForeignKeyReport> reports;
  for (const auto& [columns, keys] : missing) reports.push_back(report(keys, changes));
  std::ranges::stable_sort(reports, [](const auto& a, const auto& b) {
    return std::tuple(a.severity, a.changes * static_cast<double>(a.table_size.value), a.table_size) >
           std::tuple(b.severity, b.changes * static_cast<double>(b.table_size.value), b.table_size);
  });
  return reports;
}

}  // namespace pgadvisor::index_health
