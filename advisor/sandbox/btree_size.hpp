#pragma once

#include "advisor/sandbox/database.hpp"
#include "advisor/sandbox/key_facts.hpp"

#include <vector>

namespace pgadvisor::sandbox {

/// Pages and height of the B-tree that CREATE INDEX builds of `rows` rows (nbtsort.c).
[[nodiscard]] IndexSize btree_size(const KeyFacts& facts, double rows);

/// Mean bytes of a downlink between pages of rows with these keys (_bt_truncate() in nbtutils.c).
[[nodiscard]] double mean_pivot(const std::vector<KeyColumn>& keys, double rows);

/// Height of an existing B-tree of `pages` blocks whose downlinks take so many bytes on average.
[[nodiscard]] int estimate_height(std::int64_t pages, double pivot_bytes);

}  // namespace pgadvisor::sandbox
