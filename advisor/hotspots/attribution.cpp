#include "advisor/hotspots/attribution.hpp"

#include "collectors/sql/names_in.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

namespace pgadvisor::hotspots {
namespace {

/// Those in a statement's text.
using Names = std::set<std::string>;

/// Share of the table's blocks that an execution touches at least to count as one that reads all of it.
constexpr double kWholeTable = 0.5;
constexpr std::size_t kMostReaders = 10;

const model::Table* find(const model::DatabaseSnapshot& snapshot, model::Oid oid) {
  const auto found = std::ranges::find(snapshot.tables, oid, &model::Table::oid);
  return found == snapshot.tables.end() ? nullptr : &*found;
}

/// The key whose other end the text deletes or updates rows of; null when there is none.
const UnindexedForeignKey* fired_check(const ReadTable& table, const Names& names) {
  const bool fires = names.contains("delete") || names.contains("update") || names.contains("merge");
  if (!fires) return nullptr;
  const auto found = std::ranges::find_if(table.foreign_keys, [&](const UnindexedForeignKey& key) {
    return names.contains(key.references.name);
  });
  return found == table.foreign_keys.end() ? nullptr : &*found;
}

/// The key whose check, or cascade, the text is; null when it is none.
const UnindexedForeignKey* own_check(const ReadTable& table, const std::string& text, const Names& names) {
  if (text.find("OPERATOR(pg_catalog.") == std::string::npos) return nullptr;
  const auto found = std::ranges::find_if(table.foreign_keys, [&](const UnindexedForeignKey& key) {
    return !key.columns.empty() && std::ranges::all_of(key.columns, [&](const std::string& column) {
      return names.contains(column);
    });
  });
  return found == table.foreign_keys.end() ? nullptr : &*found;
}

advisor::HotspotStatement describe(const Executed& statement, const ReadTable& table) {
  const auto& counters = statement.counters;
  const auto calls = static_cast<double>(counters.calls);
  advisor::HotspotStatement reader;
  reader.query_id = fmt::format("{}", static_cast<std::int64_t>(statement.key.query_id));
  reader.query = statement.text;
  reader.user = statement.key.user;
  reader.calls = calls;
  reader.blocks_per_call = blocks_per_call(counters);
  reader.rows_per_call = static_cast<double>(counters.rows) / calls;
  reader.share = share_of_scans(calls, table.full_scans);
  return reader;
}

}  // namespace

std::vector<model::ObjectName> lineage(const model::ObjectName& table,
                                       const model::DatabaseSnapshot* snapshot) {
  std::vector<model::ObjectName> names{table};
  if (snapshot == nullptr) return names;
  const auto own = std::ranges::find(snapshot->tables, table, &model::Table::name);
  if (own == snapshot->tables.end()) return names;
  for (const auto* parent = find(*snapshot, own->parent); parent != nullptr;
       parent = find(*snapshot, parent->parent)) {
    names.push_back(parent->name);
  }
  return names;
}

std::vector<UnindexedForeignKey> keys_of(const std::vector<model::ObjectName>& lineage,
                                         std::span<const UnindexedForeignKey> keys) {
  std::vector<UnindexedForeignKey> own;
  std::ranges::copy_if(keys, std::back_inserter(own), [&](const UnindexedForeignKey& key) {
    return std::ranges::find(lineage, key.table) != lineage.end();
  });
  return own;
}

double blocks_per_call(const model::StatementCounters& counters) {
  return static_cast<double>(counters.shared_blocks_hit + counters.shared_blocks_read) /
         std::max(1.0, static_cast<double>(counters.calls));
}

double share_of_scans(double calls, double full_scans) {
  return std::min(1.0, calls / std::max(full_scans, 1e-9));
}

std::vector<advisor::HotspotStatement> readers(const ReadTable& table, std::span<const Executed> statements) {
  std::vector<advisor::HotspotStatement> found;
  for (const auto& statement : statements) {
    const bool whole = statement.counters.calls > 0 &&
                       blocks_per_call(statement.counters) >= kWholeTable * static_cast<double>(table.pages);
    if (!whole || statement.text.empty()) continue;
    const auto names = sql::names_in(statement.text);
    const bool named = std::ranges::any_of(
        table.names, [&](const model::ObjectName& name) { return names.contains(name.name); });
    const auto* check = named ? own_check(table, statement.text, names) : fired_check(table, names);
    if (!named && check == nullptr) continue;
    found.push_back(describe(statement, table));
    if (check != nullptr) found.back().foreign_key = check->name;
  }
  std::ranges::stable_sort(found, std::greater{}, [](const advisor::HotspotStatement& reader) {
    return reader.blocks_per_call * reader.calls;
  });
  found.resize(std::min(found.size(), kMostReaders));
  return found;
}

}  // namespace pgadvisor::hotspots
