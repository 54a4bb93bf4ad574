#pragma once

#include "advisor/sandbox/value_widths.hpp"

#include <span>

namespace pgadvisor::sandbox {

/// Size of index tuples with these columns, without line pointers.
struct TupleSize {
  double mean = 16;     ///< bytes, each tuple rounded up to a multiple of 8
  bool varies = false;  ///< not all tuples have the same size
};

/// index_form_tuple(): 8 bytes of header, or 16 with a NULL in the tuple, then each value at its alignment.
[[nodiscard]] TupleSize tuple_size(std::span<const KeyColumn> columns);

/// Different combinations of the values of `columns` (NULL is one) in `rows` rows: as many as `rows`
/// independent draws hit. A single column's are known.
[[nodiscard]] double distinct_combinations(std::span<const KeyColumn> columns, double rows);

/// Mean size of a pivot tuple (downlink): _bt_truncate() keeps the key columns up to the first in which the
/// tuples at the border of two pages differ, and adds the heap TID (8 bytes) if none does. `distinct_borders`
/// is the share of borders at which some column differs.
[[nodiscard]] double pivot_size(std::span<const KeyColumn> keys, double rows, double distinct_borders);

}  // namespace pgadvisor::sandbox
