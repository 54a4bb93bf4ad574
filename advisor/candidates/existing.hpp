#pragma once

#include "collectors/model/catalog.hpp"
#include "collectors/model/index_definition.hpp"
#include "collectors/model/table_trees.hpp"

#include <map>
#include <span>
#include <vector>

namespace pgadvisor::candidates {

/// The existing indexes of a snapshot, which outlives it.
class ExistingIndexes {
 public:
  explicit ExistingIndexes(const model::DatabaseSnapshot& snapshot);

  /// A valid one serves all that `candidate` could (serves.hpp): nobody would have both. A candidate on a
  /// partitioned table is served as well when each of its partitions has an index that does it.
  [[nodiscard]] bool serve(const model::IndexDefinition& candidate) const;

 private:
  [[nodiscard]] bool serve_on(const model::Table& table, const model::IndexDefinition& candidate) const;

  model::TableTrees trees_;
  std::map<model::ObjectName, std::vector<const model::Index*>> by_table_;  ///< with a known definition
};

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
