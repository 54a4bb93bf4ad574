#include "advisor/lifecycle/catalog.hpp"

#include "collectors/sql/quote.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace pgadvisor::lifecycle {
namespace {

using Key = std::tuple<model::ObjectName, std::string>;  ///< table and definition

std::map<Key, std::vector<const CatalogIndex*>> by_definition(const Catalog& catalog) {
  std::map<Key, std::vector<const CatalogIndex*>> indexes;
  for (const auto& index : catalog.indexes) indexes[{index.table, index.definition}].push_back(&index);
  return indexes;
}

std::string create_statement(const model::Index& index, bool on_partitioned_table) {
  auto ddl = sql::create_index(*index.definition, index.name.name, !on_partitioned_table);
  if (index.is_unique) ddl.insert(std::string("CREATE ").size(), "UNIQUE ");
  return ddl;
}

Proposal outline(const std::string& database, Action action, const CatalogIndex& index, std::size_t before) {
  Proposal proposal;
  const bool create = action == Action::kCreateIndex;
  proposal.id =
      create ? create_id(database, index.definition) : drop_id(database, index.definition, index.name);
  proposal.database = database;
  proposal.action = action;
  proposal.origin = Origin::kCatalog;
  proposal.table = index.table;
  proposal.definition = index.definition;
  proposal.index = index.name;
  proposal.rollback =
      create ? sql::drop_index(index.name.schema, index.name.name, !index.is_partitioned) : index.ddl;
  proposal.size = index.size;
  proposal.baseline = static_cast<std::int64_t>(before);
  return proposal;
}

/// Those of one table.
std::span<const CatalogIndex> indexes_of(const Catalog& catalog, const model::ObjectName& table) {
  const auto range = std::ranges::equal_range(catalog.indexes, table, {}, &CatalogIndex::table);
  return {range.begin(), range.end()};
}

/// The indexes of `these` whose names none of `others` has; as many as there are more of them.
std::vector<const CatalogIndex*> surplus(const std::vector<const CatalogIndex*>& these,
                                         const std::vector<const CatalogIndex*>& others) {
  std::vector<const CatalogIndex*> result;
  for (const auto* index : these) {
    const bool known = std::any_of(others.begin(), others.end(),
                                   [&](const CatalogIndex* other) { return other->name == index->name; });
    if (!known && result.size() + others.size() < these.size()) result.push_back(index);
  }
  return result;
}

}  // namespace

Catalog made_catalog(model::Timestamp taken_at, std::vector<CatalogIndex> indexes,
                     std::set<model::ObjectName> tables) {
  std::ranges::sort(indexes, {}, [](const CatalogIndex& index) { return std::tie(index.table, index.name); });
  return {taken_at, std::move(indexes), std::move(tables)};
}

Catalog catalog_of(const model::DatabaseSnapshot& snapshot) {
  std::unordered_map<model::Oid, const model::Table*> tables;
  std::set<model::ObjectName> names;
  for (const auto& table : snapshot.tables) {
    tables.emplace(table.oid, &table);
    names.insert(table.name);
  }
  std::vector<CatalogIndex> indexes;
  for (const auto& index : snapshot.indexes) {
    if (!index.definition || !index.is_valid || index.parent != model::Oid::kInvalid) continue;
    const auto& table = *tables.at(index.table);
    indexes.push_back({table.name,
                       index.name,
                       sql::describe(*index.definition),
                       create_statement(index, table.kind == 'p'),
                       index.is_unique,
                       index.backs_constraint || index.is_primary || index.is_exclusion,
                       table.kind == 'p',
                       {index.pages * model::kBlockSize}});
  }
  return made_catalog(snapshot.taken_at, std::move(indexes), std::move(names));
}

Presence presence_of(const Proposal& proposal, const Catalog& catalog) {
  Presence presence;
  std::int64_t count = 0;
  for (const auto& index : indexes_of(catalog, proposal.table)) {
    if (index.definition != proposal.definition) continue;
    ++count;
    if (!presence.index || index.name == proposal.index) presence.index = index;
  }
  const bool create = proposal.action == Action::kCreateIndex;
  const bool table_is_there = catalog.tables.contains(proposal.table);
  // Of several with one definition each may be proposed to go: one fewer answers the one that is gone.
  const bool is_there = presence.index && presence.index->name == proposal.index;
  presence.in_effect =
      table_is_there && (create ? count > proposal.baseline : count < proposal.baseline && !is_there);
  presence.possible = table_is_there && (create || count > 0 || presence.in_effect);
  return presence;
}

std::vector<Proposal> made_by_others(const std::string& database, const Catalog& before,
                                     const Catalog& after) {
  const auto old_indexes = by_definition(before);
  const auto new_indexes = by_definition(after);
  std::vector<Proposal> proposals;
  const auto find = [](const auto& indexes, const Key& key) {
    const auto found = indexes.find(key);
    return found == indexes.end() ? std::vector<const CatalogIndex*>{} : found->second;
  };
  const auto is_old = [&](const Key& key) {
    return before.tables.contains(std::get<0>(key)) && after.tables.contains(std::get<0>(key));
  };
  for (const auto& [key, now] : new_indexes) {
    const auto then = find(old_indexes, key);
    if (!is_old(key)) continue;
    for (const auto* index : surplus(now, then)) {
      if (index->is_unique || index->backs_constraint) continue;
      proposals.push_back(outline(database, Action::kCreateIndex, *index, then.size()));
    }
  }
  for (const auto& [key, then] : old_indexes) {
    const auto now = find(new_indexes, key);
    if (!is_old(key)) continue;
    for (const auto* index : surplus(then, now)) {
      if (index->backs_constraint) continue;
      proposals.push_back(outline(database, Action::kDropIndex, *index, then.size()));
    }
  }
  return proposals;
}

}  // namespace pgadvisor::lifecycle
