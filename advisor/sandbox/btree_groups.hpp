#pragma once

#include "advisor/sandbox/key_facts.hpp"

#include <span>
#include <vector>

namespace pgadvisor::sandbox {

/// `count` groups of rows, each with one combination of key values: so many tuples or posting lists of equal
/// keys stand side by side in a B-tree.
struct KeyGroups {
  double count = 0;
  double rows = 1;        ///< in each, on average
  bool scattered = true;  ///< their rows vary around the average as independent draws do; else all are equal
  int bytes = 16;         ///< of a tuple without TIDs of others: index_form_tuple(), a multiple of 8
};

/// Groups of an index of `rows` rows with these columns, of which the first `keys` are keys. Columns are
/// taken to be independent, where `known` does not know better.
[[nodiscard]] std::vector<KeyGroups> key_groups(std::span<const KeyColumn> columns, std::size_t keys,
                                                double rows, std::span<const KnownCombinations> known);

/// All groups together.
[[nodiscard]] double total_groups(std::span<const KeyGroups> groups);
/// Mean bytes of one tuple for each group.
[[nodiscard]] double mean_bytes(std::span<const KeyGroups> groups);

}  // namespace pgadvisor::sandbox
