#pragma once

#include "advisor/sandbox/database.hpp"
#include "advisor/sandbox/key_facts.hpp"

namespace pgadvisor::sandbox {

/// Size of the index that CREATE INDEX would build on a table of `rows` rows and `heap_pages` blocks;
/// `selectivity` is the share of the rows that the predicate lets in (1 for a full index).
[[nodiscard]] IndexSize estimate_size(const KeyFacts& facts, double rows, double heap_pages,
                                      double selectivity);

}  // namespace pgadvisor::sandbox
