#pragma once

#include "advisor/sandbox/key_facts.hpp"

namespace pgadvisor::sandbox {

/// Pages of an index of `rows` rows as CREATE INDEX builds it, by access method.
[[nodiscard]] double hash_pages(const KeyFacts& facts, double rows);
[[nodiscard]] double brin_pages(const KeyFacts& facts, double heap_pages);
[[nodiscard]] double gist_pages(const KeyFacts& facts, double rows);
[[nodiscard]] double spgist_pages(const KeyFacts& facts, double rows);

/// What the metapage of a GIN index says, and gincostestimate() reads (GinStatsData in ginblock.h).
struct GinSize {
  double entry_pages = 1;
  double data_pages = 0;
  double entries = 0;
  /// With the metapage.
  [[nodiscard]] double pages() const { return 1 + entry_pages + data_pages; }
};
[[nodiscard]] GinSize gin_size(const KeyFacts& facts, double rows, double heap_pages);

}  // namespace pgadvisor::sandbox
