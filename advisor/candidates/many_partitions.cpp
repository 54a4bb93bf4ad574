#include "advisor/candidates/many_partitions.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace pgadvisor::candidates {
namespace {

/// Indexes on partitions that all candidates together may take in the sandbox: less than a minute.
constexpr std::size_t kMostParts = 50'000;

using Entry = Wanted::value_type;

/// How many indexes on partitions a candidate on each table takes.
std::map<model::ObjectName, std::size_t> parts_by_table(const Wanted& wanted,
                                                        const model::TableTrees& trees) {
  std::map<model::ObjectName, std::size_t> parts;
  for (const auto& [definition, cost] : wanted) {
    const auto [entry, fresh] = parts.try_emplace(definition.table, 0);
    const auto* table = fresh ? trees.find(definition.table) : nullptr;
    if (table != nullptr && table->kind == 'p') entry->second = trees.leaves(*table).size();
  }
  return parts;
}

}  // namespace

std::set<model::IndexDefinition> tried(const Wanted& wanted, const model::TableTrees& trees) {
  const auto parts = parts_by_table(wanted, trees);
  std::vector<const Entry*> entries;
  for (const auto& entry : wanted) entries.push_back(&entry);
  std::ranges::stable_sort(entries, std::ranges::greater{}, &Entry::second);
  std::set<model::IndexDefinition> result;
  std::size_t taken = 0;
  for (const auto* entry : entries) {
    const auto more = parts.at(entry->first.table);
    if (more > 0 && taken + more > kMostParts) continue;
    taken += more;
    result.insert(entry->first);
  }
  return result;
}

}  // namespace pgadvisor::candidates
