#include "advisor/sandbox/other_sizes.hpp"
#include "advisor/sandbox/tuple_width.hpp"

#include <algorithm>
#include <cmath>

namespace pgadvisor::sandbox {

// One summary for each pages_per_range (128) heap pages, and its place in the range map: brin_pageops.c,
// REVMAP_PAGE_MAXITEMS in brin_page.h.
double brin_pages(const KeyFacts& facts, double heap_pages) {
  constexpr double kRangesOnMapPage = 1360;
  constexpr double kUsablePage = 8192 - 24 - 8;
  const double ranges = std::max(1.0, std::ceil(heap_pages / 128));
  double values = 0;
  for (const KeyColumn& column : facts.columns)
    values += 2 * std::ceil(mean_width(column) / 4) * 4;  // lowest and highest
  const double tuple = std::ceil((8 + values) / 8) * 8 + 4;
  return 1 + std::ceil(ranges / kRangesOnMapPage) +
         std::ceil(ranges / std::max(1.0, std::floor(kUsablePage / tuple)));
}

}  // namespace pgadvisor::sandbox
