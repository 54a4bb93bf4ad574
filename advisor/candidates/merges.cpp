#include "advisor/candidates/merges.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace pgadvisor::candidates {
namespace {

using model::IndexDefinition;

bool begins_with(const IndexDefinition& longer, const IndexDefinition& shorter) {
  return longer.keys.size() >= shorter.keys.size() &&
         std::equal(shorter.keys.begin(), shorter.keys.end(), longer.keys.begin());
}

IndexDefinition merged(const IndexDefinition& longer, const IndexDefinition& shorter) {
  std::set<std::string> include(longer.include.begin(), longer.include.end());
  include.insert(shorter.include.begin(), shorter.include.end());
  for (const auto& key : longer.keys) include.erase(key.column);
  auto result = longer;
  result.include.assign(include.begin(), include.end());
  return result;
}

std::size_t columns_of(const IndexDefinition& definition) {
  return definition.keys.size() + definition.include.size();
}

}  // namespace

std::set<IndexDefinition> merges(const std::set<IndexDefinition>& definitions, std::size_t max_included,
                                 std::size_t max_merges) {
  std::map<std::pair<model::ObjectName, std::string>, std::vector<const IndexDefinition*>> trees;
  for (const auto& definition : definitions) {
    if (definition.method == "btree") trees[{definition.table, definition.predicate}].push_back(&definition);
  }
  std::map<model::ObjectName, std::set<IndexDefinition>> found;
  for (const auto& [place, list] : trees) {
    for (const auto* longer : list) {
      for (const auto* shorter : list) {
        if (shorter->include.empty() || !begins_with(*longer, *shorter)) continue;
        auto both = merged(*longer, *shorter);
        if (both.include.size() <= max_included && !definitions.contains(both)) {
          found[place.first].insert(std::move(both));
        }
      }
    }
  }
  std::set<IndexDefinition> result;
  for (const auto& [table, all] : found) {
    std::vector<IndexDefinition> narrow(all.begin(), all.end());
    std::ranges::stable_sort(narrow, {}, columns_of);
    if (narrow.size() > max_merges) narrow.resize(max_merges);
    result.insert(narrow.begin(), narrow.end());
  }
  return result;
}

}  // namespace pgadvisor::candidates
