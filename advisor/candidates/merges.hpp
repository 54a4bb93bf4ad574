#pragma once

#include "collectors/model/index_definition.hpp"

#include <set>

namespace pgadvisor::candidates {

/// B-trees that do the work of two of the given ones: where the keys of one begin with all keys of the other
/// and both have the same predicate, the longer keys with what either INCLUDEs. At most `max_included`
/// columns, at most `max_merges` of them for a table, the narrowest first.
[[nodiscard]] std::set<model::IndexDefinition> merges(const std::set<model::IndexDefinition>& definitions,
                                                      std::size_t max_included, std::size_t max_merges);

}  // namespace pgadvisor::candidates
