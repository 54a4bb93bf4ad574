#pragma once

#include "advisor/sandbox/scan.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/index_definition.hpp"

#include <set>

namespace pgadvisor::candidates {

/// Indexes that are no B-trees, for what a B-tree cannot search: GIN for operators on the parts of a value
/// (arrays, jsonb, text search, trigrams), GiST where there is no GIN class (ranges, shapes) and for ORDER BY
/// distance, SP-GiST where there is neither. Of several classes of one method the one whose operators are
/// fewest is smaller (jsonb_path_ops beside jsonb_ops), so all are offered. BRIN for ranges and equalities on
/// tables of at least `kBrinPages` whose column follows the order of the rows, as generate() knows from the
/// statistics.
[[nodiscard]] std::set<model::IndexDefinition> other_methods(const sandbox::Scan& scan,
                                                             const model::Table& table);

/// 128 MB: below, a B-tree on such a column is small enough.
constexpr std::int64_t kBrinPages = 16384;

}  // namespace pgadvisor::candidates
