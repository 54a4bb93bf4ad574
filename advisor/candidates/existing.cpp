#include "advisor/candidates/existing.hpp"

#include "advisor/candidates/serves.hpp"

#include <algorithm>

namespace pgadvisor::candidates {
namespace {

bool is_usable(const model::Index& index) {
  return index.definition && index.is_valid && index.is_live;
}

/// Nothing but plans depends on it, and its definition says all that it takes to make it again.
bool is_plain(const model::Index& index) {
  return !index.is_unique && !index.is_primary && !index.is_exclusion && !index.backs_constraint &&
         !index.is_replica_identity && !index.is_clustered && !index.in_extension &&
         index.parent == model::Oid::kInvalid && index.storage.empty() && index.tablespace.empty();
}

bool extends(const model::IndexDefinition& candidate, const model::Index& index) {
  return is_usable(index) && index.definition->predicate == candidate.predicate &&
         serves(candidate, *index.definition);
}

}  // namespace

ExistingIndexes::ExistingIndexes(const model::DatabaseSnapshot& snapshot) : trees_(snapshot.tables) {
  for (const auto& index : snapshot.indexes) {
    if (index.definition) by_table_[index.definition->table].push_back(&index);
  }
}

bool ExistingIndexes::serve_on(const model::Table& table, const model::IndexDefinition& candidate) const {
  const auto indexes = by_table_.find(table.name);
  if (indexes == by_table_.end()) return false;
  auto on_table = candidate;
  on_table.table = table.name;
  return std::ranges::any_of(indexes->second, [&](const auto* index) {
    return is_usable(*index) && serves(*index->definition, on_table);
  });
}

bool ExistingIndexes::serve(const model::IndexDefinition& candidate) const {
  const auto* table = trees_.find(candidate.table);
  if (table == nullptr) return false;
  if (serve_on(*table, candidate)) return true;
  const auto leaves = trees_.leaves(*table);
  return table->kind == 'p' && !leaves.empty() &&
         std::ranges::all_of(leaves, [&](const auto* leaf) { return serve_on(*leaf, candidate); });
}

std::vector<const model::Index*> replaced(const model::IndexDefinition& candidate,
                                          std::span<const model::Index> existing) {
  std::vector<const model::Index*> result;
  for (const auto& index : existing) {
    if (is_plain(index) && extends(candidate, index)) result.push_back(&index);
  }
  std::ranges::stable_sort(result, std::ranges::greater{}, &model::Index::pages);
  return result;
}

bool is_second_copy(const model::IndexDefinition& candidate, std::span<const model::Index> existing) {
  return std::ranges::any_of(
      existing, [&](const model::Index& index) { return !is_plain(index) && extends(candidate, index); });
}

}  // namespace pgadvisor::candidates
