#include "advisor/sandbox/other_sizes.hpp"
#include "advisor/sandbox/page_layout.hpp"

#include <algorithm>
#include <cmath>

namespace pgadvisor::sandbox {

// One summary for each range of heap pages, and its place in the range map: brin_pageops.c,
// REVMAP_PAGE_MAXITEMS in brin_page.h. It is of the size that brin_form_tuple() makes it.
double brin_pages(const KeyFacts& facts, double heap_pages) {
  constexpr double kRangesOnMapPage = 1360;
  const double ranges = std::max(1.0, std::ceil(heap_pages / facts.range));
  const double tuple = std::ceil(facts.summary / 8.0) * 8 + kLinePointer;
  return 1 + std::ceil(ranges / kRangesOnMapPage) +
         std::ceil(ranges / std::max(1.0, std::floor(usable_page(8) / tuple)));
}

}  // namespace pgadvisor::sandbox
