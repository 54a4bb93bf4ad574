#pragma once

#include "collectors/model/catalog.hpp"
#include "collectors/model/index_definition.hpp"

#include <span>
#include <vector>

namespace pgadvisor::candidates {

/// A valid existing index serves all that `candidate` could (serves.hpp): nobody would have both.
[[nodiscard]] bool is_served(const model::IndexDefinition& candidate, std::span<const model::Index> existing);

/// The existing indexes that `candidate` extends: over the same rows, it serves all that they do, and nothing
/// but plans depends on them: no uniqueness, constraint, replica identity, CLUSTER, extension, partitioned
/// index or storage of their own. The largest first.
[[nodiscard]] std::vector<const model::Index*> replaced(const model::IndexDefinition& candidate,
                                                        std::span<const model::Index> existing);

/// `candidate` serves all that an existing index over the same rows does, which stays for what else depends
/// on it: (id) INCLUDE (name) beside a primary key. Most of it is a second copy.
[[nodiscard]] bool is_second_copy(const model::IndexDefinition& candidate,
                                  std::span<const model::Index> existing);

}  // namespace pgadvisor::candidates
