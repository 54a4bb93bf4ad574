/* Values of a column of ranges, of which ANALYZE keeps the bounds alone (rangetypes_typanalyze.c). */
#include "key_facts.h"

#include "catalog/pg_statistic.h"
#include "utils/lsyscache.h"
#include "utils/rangetypes.h"

#include <math.h>

/* Neighbours in the histogram, which has the lower and the upper bounds each in their own order. */
static void count_bounds(const AttStatsSlot* ranges, double* lowers, double* uppers) {
  TypeCacheEntry* type = lookup_type_cache(ranges->valuetype, TYPECACHE_RANGE_INFO);
  RangeBound lower, upper, last_lower, last_upper;

  *lowers = *uppers = 1;
  for (int i = 0; i < ranges->nvalues; i++) {
    bool empty;

    range_deserialize(type, DatumGetRangeTypeP(ranges->values[i]), &lower, &upper, &empty);
    if (i > 0) {
      *lowers += range_cmp_bounds(type, &last_lower, &lower) != 0;
      *uppers += range_cmp_bounds(type, &last_upper, &upper) != 0;
    }
    last_lower = lower;
    last_upper = upper;
  }
}

bool pga_read_ranges(HeapTuple statistics, AttStatsSlot* ranges, double* most) {
  double lowers, uppers;

  if (!get_attstatsslot(ranges, statistics, STATISTIC_KIND_BOUNDS_HISTOGRAM, InvalidOid,
                        ATTSTATSSLOT_VALUES) ||
      ranges->nvalues < 2 || !type_is_range(ranges->valuetype))
    return false;
  count_bounds(ranges, &lowers, &uppers);
  /* A bound that comes twice among a hundred is one of few; of others there may be any number. */
  *most = lowers < ranges->nvalues / 2 && uppers < ranges->nvalues / 2 ? lowers * uppers : INFINITY;
  return true;
}
