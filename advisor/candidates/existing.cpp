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

bool is_served(const model::IndexDefinition& candidate, std::span<const model::Index> existing) {
  return std::ranges::any_of(existing, [&](const model::Index& index) {
    return is_usable(index) && serves(*index.definition, candidate);
  });
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
