#include "collectors/snapshot_definitions.hpp"

#include "collectors/index_rows.hpp"
#include "collectors/relation_sizes.hpp"
#include "collectors/sql/search_path.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace pgadvisor::collectors {

namespace {

/// Some 80 microseconds of the server each.
constexpr std::size_t kMostAsked = 2000;

/// A copy of the schema (pg_dump) leaves out what is not valid: how it would be made again is known here
/// only.
constexpr const char* kInvalidSql =
    "SELECT o.relation, pg_catalog.pg_get_indexdef(o.relation, 0, false) FROM pg_catalog.unnest($1::oid[]) "
    "o(relation)";

const model::Column* column_of(const model::Table& table, std::int16_t number) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const model::Column& column) { return column.number == number; });
  return found == table.columns.end() ? nullptr : &*found;
}

/// As sessions have it, but that nothing stands before pg_catalog, whose operators our query uses.
std::string search_path(const model::DatabaseSnapshot& snapshot) {
  const auto found =
      std::find_if(snapshot.settings.begin(), snapshot.settings.end(),
                   [](const model::Setting& setting) { return setting.name == "search_path"; });
  return found == snapshot.settings.end() ? "" : sql::catalog_first(found->value);
}

boost::asio::awaitable<model::Result<void>> set_search_path(pg::Connection& connection, std::string path) {
  pg::SessionSettings settings{{"search_path", std::move(path)}};
  co_return co_await connection.set(std::move(settings));
}

boost::asio::awaitable<model::Result<void>> read_invalid(pg::Connection& connection,
                                                         model::DatabaseSnapshot& snapshot) {
  std::vector<model::Oid> invalid;
  for (const auto& index : snapshot.indexes) {
    if (!index.is_valid) invalid.push_back(index.oid);
  }
  if (invalid.empty()) co_return model::Result<void>();
  const auto definitions = co_await ask_relations(connection, kInvalidSql, std::move(invalid));
  if (!definitions) co_return definitions.error();
  for (auto& index : snapshot.indexes) {
    const auto found = definitions->find(index.oid);
    if (found != definitions->end()) index.ddl = found->second;
  }
  co_return model::Result<void>();
}

}  // namespace

std::optional<model::IndexDefinition> plain_definition(const model::Index& index, const model::Table& table) {
  if (index.is_partial || index.has_expressions || index.has_special_keys) return std::nullopt;
  model::IndexDefinition definition{table.name, index.method, {}};
  for (std::size_t i = 0; i < index.columns.size(); ++i) {
    const auto* column = column_of(table, index.columns[i]);
    if (column == nullptr) return std::nullopt;
    if (i >= static_cast<std::size_t>(index.key_count)) {
      definition.include.push_back(column->name);
      continue;
    }
    const int options = i < index.options.size() ? index.options[i] : 0;
    definition.keys.push_back({.column = column->name,
                               .descending = (options & kDescending) != 0,
                               .nulls_first = (options & kNullsFirst) != 0});
  }
  std::sort(definition.include.begin(), definition.include.end());
  return definition;
}

boost::asio::awaitable<model::Result<void>> collect_definitions(pg::Connection& connection,
                                                                model::DatabaseSnapshot& snapshot) {
  auto done = co_await read_invalid(connection, snapshot);
  if (!done) co_return done.error();
  std::unordered_map<model::Oid, const model::Table*> tables;
  for (const auto& table : snapshot.tables) tables.emplace(table.oid, &table);
  std::vector<model::Oid> asked;
  for (auto& index : snapshot.indexes) {
    index.definition = plain_definition(index, *tables.at(index.table));
    const bool ask = !index.definition && index.parent == model::Oid::kInvalid;
    if (ask && asked.size() < kMostAsked) asked.push_back(index.oid);
  }
  if (asked.empty()) co_return model::Result<void>();
  std::map<model::Oid, model::IndexDefinition> found;
  done = co_await set_search_path(connection, search_path(snapshot));
  if (!done && done.error().next == model::NextStep::kReconnect) co_return done.error();
  done = co_await ask_relations(connection, definitions_sql("i.indrelid", "i.indexrelid = ANY ($1::oid[])"),
                                std::move(asked),
                                [&found](const pg::Rows& rows) { found.merge(definitions_of(rows)); });
  if (!done) co_return done.error();
  for (auto& index : snapshot.indexes) {
    if (const auto read = found.find(index.oid); read != found.end()) index.definition = read->second;
  }
  co_return co_await set_search_path(connection, "");
}

}  // namespace pgadvisor::collectors
