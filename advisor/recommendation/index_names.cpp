#include "advisor/recommendation/index_names.hpp"

#include "collectors/sql/quote.hpp"

#include <algorithm>

namespace pgadvisor::recommendation {

IndexNames::IndexNames(const model::DatabaseSnapshot& snapshot) : snapshot_(snapshot) {
  for (const auto& index : snapshot.indexes) taken_[index.name.schema].push_back(index.name.name);
  for (const auto& table : snapshot.tables) taken_[table.name.schema].push_back(table.name.name);
}

std::string IndexNames::take(const model::IndexDefinition& definition) {
  const auto built = std::ranges::find_if(snapshot_.indexes, [&](const auto& index) {
    return index.build == model::IndexBuild::kRunning && index.definition == definition;
  });
  if (built != snapshot_.indexes.end()) return built->name.name;
  auto& in_schema = taken_[definition.table.schema];
  in_schema.push_back(sql::index_name(definition, in_schema));
  return in_schema.back();
}

}  // namespace pgadvisor::recommendation
