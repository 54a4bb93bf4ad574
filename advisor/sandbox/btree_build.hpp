#pragma once

#include "advisor/sandbox/btree_groups.hpp"

#include <span>

namespace pgadvisor::sandbox {

/// The leaf level of a B-tree as CREATE INDEX leaves it.
struct LeafLevel {
  double pages = 1;
  double inside = 0;  ///< share of the borders between pages that fall between rows of equal keys
};

/// Writes the groups' rows onto pages the way _bt_load() and _bt_buildadd() (nbtsort.c) do at fillfactor 90:
/// all of them, or of a large index a sample. Keys come in a random order: of their sizes nothing more is
/// known.
[[nodiscard]] LeafLevel build_leaves(std::span<const KeyGroups> groups, bool deduplicates);

/// Pages of an inner level above `children` pages, at its fill of 70 %; `pivot_bytes` is the mean size of a
/// downlink without line pointer, `vary` says that they differ.
[[nodiscard]] double inner_pages(double children, double pivot_bytes, bool vary);

}  // namespace pgadvisor::sandbox
