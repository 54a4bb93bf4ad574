#include "advisor/candidates/many_partitions.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace pgadvisor::candidates {
namespace {

/// Indexes on partitions that candidates on one table may take in the sandbox together.
constexpr std::size_t kMostParts = 30'000;

using Entry = Wanted::value_type;

std::size_t most_candidates(const model::ObjectName& table, const model::TableTrees& trees) {
  const auto* known = trees.find(table);
  const auto parts = known == nullptr ? 1 : trees.leaves(*known).size();
  return std::max<std::size_t>(1, kMostParts / std::max<std::size_t>(1, parts));
}

}  // namespace

std::set<model::IndexDefinition> tried(const Wanted& wanted, const model::TableTrees& trees) {
  std::map<model::ObjectName, std::vector<const Entry*>> by_table;
  for (const auto& entry : wanted) by_table[entry.first.table].push_back(&entry);
  std::set<model::IndexDefinition> result;
  for (auto& [table, entries] : by_table) {
    std::ranges::stable_sort(entries, std::ranges::greater{}, &Entry::second);
    entries.resize(std::min(entries.size(), most_candidates(table, trees)));
    for (const auto* entry : entries) result.insert(entry->first);
  }
  return result;
}

}  // namespace pgadvisor::candidates
