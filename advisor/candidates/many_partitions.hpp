#pragma once

#include "collectors/model/index_definition.hpp"
#include "collectors/model/table_trees.hpp"

#include <map>
#include <set>

namespace pgadvisor::candidates {

/// Candidates, each with what the statements that want it cost the workload.
using Wanted = std::map<model::IndexDefinition, double>;

/// Those that are tried. A candidate on a partitioned table is an index on each partition in the sandbox,
/// which takes about a millisecond to make and size: where those are very many only the ones that the
/// heaviest statements want.
[[nodiscard]] std::set<model::IndexDefinition> tried(const Wanted& wanted, const model::TableTrees& trees);

}  // namespace pgadvisor::candidates
