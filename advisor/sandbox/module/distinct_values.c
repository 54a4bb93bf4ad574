/* How many different values a column has, and in which part of its histogram. */
#include "key_facts.h"

#include <math.h>

/* So many possible values a row: what no sample of it tells from one value a row. */
#define MOST_POSSIBLE 1000
/* Of the number of possible values, relative: far below what a sample can tell. */
#define PRECISION 1e-5

/* Rows of a column that is not NULL: how many ANALYZE looked at, and how many there are. */
typedef struct Census {
  double sampled, all;
  double common; /* most common values, which are counted apart */
  const PgaBuckets* buckets;
} Census;

/* Values that some of `rows` rows have, and in `once` those that one has: each bucket's rows draw from its
 * part of `possible` values. */
static double values_in(const Census* census, double possible, double rows, double* once) {
  double seen = 0;

  *once = 0;
  for (int i = 0; i < census->buckets->count; i++) {
    double of_bucket = rows * census->buckets->share, values = possible * census->buckets->span[i];
    double drawn = -expm1(-of_bucket / values);

    seen += values * drawn;
    *once += of_bucket * (1 - drawn);
  }
  return seen;
}

/* What compute_scalar_stats() in analyze.c (Haas and Stokes) makes of a sample of such rows. */
static double estimate_of(const Census* census, double possible) {
  double once, seen = census->common + values_in(census, possible, census->sampled, &once);

  return census->sampled * seen / (census->sampled - once + once * census->sampled / census->all);
}

/*
 * ANALYZE's estimate is exact for values that all have equally many rows, and too low where these scatter:
 * 27,000 instead of 30,000 for numbers drawn at random that five rows have each, and a quarter of the truth
 * where some are drawn more often than others. The number of which it would have made its estimate is the
 * better one.
 */
static double possible_values(const Census* census, double estimate) {
  double low = Max(1, estimate - census->common);
  double high = Max(low, Min(census->buckets->most, census->all * MOST_POSSIBLE));

  while (high > low * (1 + PRECISION)) {
    double middle = sqrt(low * high);

    if (estimate_of(census, middle) < estimate)
      low = middle;
    else
      high = middle;
  }
  return low;
}

double pga_count_values(PgaBuckets* buckets, double estimate, int common, double sampled, double all) {
  Census census = {.sampled = Min(sampled, all), .all = all, .common = common, .buckets = buckets};
  double rest = all * buckets->share * buckets->count;
  double possible, values, wanted, alone, once;

  if (estimate <= common || buckets->count == 0 || buckets->share <= 0 || all < 1) return estimate;
  possible = possible_values(&census, estimate);
  values = values_in(&census, possible, all, &once);
  wanted = Min(Max(values, estimate - common), rest);
  /* Where there are more of them than draws would have left: rows that have a value of their own after all.
   */
  alone = wanted > values ? (wanted - values) / (rest - values) : 0;
  for (int i = 0; i < buckets->count; i++) {
    double rows = all * buckets->share, of_bucket = possible * buckets->span[i];
    double drawn = of_bucket * -expm1(-rows / of_bucket);

    buckets->values[i] = drawn + alone * (rows - drawn);
  }
  return common + wanted;
}
