#include "advisor/sandbox/size_model.hpp"

#include "advisor/sandbox/btree_size.hpp"
#include "advisor/sandbox/other_sizes.hpp"

#include <algorithm>
#include <cmath>

namespace pgadvisor::sandbox {

IndexSize estimate_size(const KeyFacts& facts, double rows, double heap_pages, double selectivity) {
  const double share = std::clamp(selectivity, 0.0, 1.0);
  KeyFacts kept = facts;
  for (KeyColumn& column : kept.columns) column = within_predicate(std::move(column), rows, share);
  const double indexed = std::rint(rows * share);
  if (facts.method == "btree") return btree_size(kept, indexed);
  if (facts.method == "gin") {
    const GinContents contents = gin_contents(kept, indexed, heap_pages);
    const double pages = 1 + contents.entry_pages + contents.data_pages;  // and the metapage
    return {static_cast<std::int64_t>(pages), indexed, -1, contents};
  }
  const auto pages = [&] {
    if (facts.method == "hash") return hash_pages(kept, indexed);
    if (facts.method == "brin") return brin_pages(kept, heap_pages);
    if (facts.method == "gist") return gist_pages(kept, indexed);
    return spgist_pages(kept, indexed);
  }();
  return {static_cast<std::int64_t>(pages), indexed, -1};
}

}  // namespace pgadvisor::sandbox
