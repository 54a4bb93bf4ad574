#pragma once

#include "advisor/sandbox/btree_tuple.hpp"

#include <cstdint>
#include <span>

namespace pgadvisor::sandbox {

/// The tuples of a B-tree's leaf level, as CREATE INDEX writes them.
struct LeafLevel {
  double items = 0;          ///< plain tuples and posting lists
  double bytes = 0;          ///< of all items, with their line pointers
  double posting_bytes = 0;  ///< of all heap TID lists in them
  double full_bytes = 0;     ///< of the longest posting lists, which all have one size
  double inside_bytes = 0;   ///< of items whose key equals that of the item before
  bool varies = false;       ///< items differ in size
};

/// One tuple a row; `combinations` of them have different keys.
[[nodiscard]] LeafLevel plain_leaves(const TupleSize& tuple, double rows, double combinations);

/// Rows with equal keys share posting lists of at most a tenth of a page (_bt_load() in nbtsort.c). `keys`
/// are all the index has, `rows` those in the index.
[[nodiscard]] LeafLevel deduplicated_leaves(std::span<const KeyColumn> keys, const TupleSize& tuple,
                                            double rows);

/// Pages on the leaf level at fillfactor 90 (_bt_buildadd()); at least 1.
[[nodiscard]] double leaf_pages(const LeafLevel& leaves);

/// Share of the borders between leaf pages at which the whole key differs.
[[nodiscard]] double distinct_borders(const LeafLevel& leaves);

/// Downlinks on an inner page at its fill of 70 % (BTREE_NONLEAF_FILLFACTOR), `pivot_bytes` each without line
/// pointer.
[[nodiscard]] double inner_fanout(double pivot_bytes);

}  // namespace pgadvisor::sandbox
