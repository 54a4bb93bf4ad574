/* Values of an index column put into classes: some alone, the others by how wide they are. */
#include "value_classes.h"

#include "access/heaptoast.h"
#include "access/htup_details.h"

#include <limits.h>
#include <math.h>

/* Seen this often its share is known well enough to stand alone. */
#define WELL_KNOWN 30
/* Keys of a GIN index are of all frequencies: a rough one each is better than the mean of all. */
#define WELL_KNOWN_KEY 4
#define WIDEST 8191
/* Four for each doubling. */
#define FREQUENCIES 240

typedef struct Rest {
  double shares[WIDEST + 1]; /* by width */
  double share;
  double values, inputs, once, twice;
  int* once_in; /* keys seen once, in each row */
} Rest;

void pga_emit_class(StringInfo out, double share, double values, int width) {
  appendStringInfo(out, "%s[%.9g,%.9g,%d]", out->data[out->len - 1] == '[' ? "" : ",", share, values, width);
}

/* `first` to `last` are equal. */
static void take_run(StringInfo out, const PgaOutcome* first, const PgaOutcome* last, double passed,
                     int well_known, Rest* rest) {
  int count = last - first + 1;
  double share = 0;
  bool common = false;

  for (const PgaOutcome* one = first; one <= last; one++) {
    share += one->share;
    common |= one->common;
  }
  if (common || count >= well_known) {
    pga_emit_class(out, share / passed, 1, first->width);
    return;
  }
  rest->shares[Min(first->width, WIDEST)] += share / passed;
  rest->share += share / passed;
  rest->values++;
  rest->inputs += count;
  rest->once += count == 1;
  if (count == 1) rest->once_in[first->input]++;
  rest->twice += count == 2;
}

/*
 * Different keys of a GIN index. An identifier within a document is a key that each row has for itself: no
 * two rows are equal then, each row seen has a key seen once, and the number of these varies less from row to
 * row than that of random ones, which is binomial. No more than one such key, since the bounds of a histogram
 * also differ in what they are sorted by. Of the other keys Chao's estimate, from those seen once and twice.
 */
static double estimate_keys(const Rest* rest, const PgaPopulation* population, int keys_seen, int rows_seen) {
  double mean = rest->once / rows_seen, random = mean * (1 - rest->once / keys_seen), variance = 0, own, once;
  int fewest = INT_MAX;

  for (int row = 0; row < rows_seen; row++) {
    variance += pow(rest->once_in[row] - mean, 2) / rows_seen;
    fewest = Min(fewest, rest->once_in[row]);
  }
  own = population->unique && fewest > 0 && variance < random / 2 ? 1 : 0;
  once = Max(0, rest->once - own * rows_seen);
  return Min(own * population->size + rest->values - own * rows_seen +
                 once * Max(0, once - 1) / (2 * (rest->twice + 1)),
             Max(rest->values, rest->share * population->size));
}

/*
 * How many values there are behind those of the sample, as ANALYZE estimates it (compute_distinct_stats() in
 * analyze.c: Haas and Stokes): `population` is what the sample was drawn from.
 */
static double estimate_values(const Rest* rest, const PgaPopulation* population) {
  double n = rest->inputs, once = rest->once;

  if (population->known_values > 0) return population->known_values;
  if (n >= population->size) return Min(rest->values, population->most_values);
  return Min(n * rest->values / (n - once + once * n / population->size), population->most_values);
}

/*
 * A hundred bounds of a histogram are a small sample of widths, of which ANALYZE knows the mean of some ten
 * thousand: shares are tilted until they have it. Not where the index may compress what the table does not.
 */
static void match_mean_width(Rest* rest, double wanted) {
  double mean = 0, square = 0;
  int widest = 0;

  for (int width = 0; width <= WIDEST; width++) {
    if (rest->shares[width] <= 0) continue;
    mean += rest->shares[width] / rest->share * width;
    square += rest->shares[width] / rest->share * width * width;
    widest = width;
  }
  square -= mean * mean;
  if (square < 1 || widest > TOAST_INDEX_TARGET || fabs(wanted - mean) < 1 ||
      fabs(wanted - mean) > sqrt(square))
    return;
  for (int width = 0; width <= widest; width++)
    rest->shares[width] *= Max(0.05, 1 + (wanted - mean) / square * (width - mean));
}

static void emit_rest(StringInfo out, const Rest* rest, double values) {
  double total = 0;

  for (int width = 0; width <= WIDEST; width++) total += rest->shares[width];
  for (int width = 0; width <= WIDEST; width++)
    if (rest->shares[width] > 0)
      pga_emit_class(out, rest->share * rest->shares[width] / total, values * rest->shares[width] / total,
                     width);
}

double pga_emit_classes(StringInfo out, PgaOutcomes* outcomes, const PgaPopulation* population) {
  Rest* rest = palloc0(sizeof(Rest));
  double bytes = 0, common = 0;

  rest->once_in = palloc0(sizeof(int) * (outcomes->inputs + 1));
  qsort(outcomes->values, outcomes->count, sizeof(PgaOutcome), pga_compare_outcomes);
  for (int first = 0, last; first < outcomes->count; first = last + 1) {
    last = first;
    while (last + 1 < outcomes->count &&
           pga_compare_outcomes(&outcomes->values[first], &outcomes->values[last + 1]) == 0)
      last++;
    take_run(out, &outcomes->values[first], &outcomes->values[last], outcomes->passed,
             population->many_a_row ? WELL_KNOWN_KEY : WELL_KNOWN, rest);
  }
  for (int i = 0; i < outcomes->count; i++) {
    bytes += outcomes->values[i].share * outcomes->values[i].width;
    common += outcomes->values[i].common ? outcomes->values[i].share * outcomes->values[i].width : 0;
  }
  if (rest->values == 0) return bytes;
  if (population->mean_width > 0)
    match_mean_width(rest, (population->mean_width * (1 - outcomes->nulls) - common) / rest->share);
  emit_rest(out, rest,
            population->many_a_row ? estimate_keys(rest, population, outcomes->count, outcomes->inputs)
                                   : estimate_values(rest, population));
  return bytes;
}

void pga_emit_buckets(StringInfo out, const PgaSample* sample, int width) {
  const PgaBuckets* buckets = &sample->buckets;
  double share = buckets->share * (1 - sample->nulls);
  double shares[FREQUENCIES] = {0}, values[FREQUENCIES] = {0};

  for (int i = 0; i < sample->count; i++)
    if (sample->values[i].common && !sample->values[i].null)
      pga_emit_class(out, sample->values[i].share, 1, width);
  for (int i = 0; i < buckets->count; i++) {
    double number = Max(1, buckets->values[i]);
    int rarity = (int)Min(Max(4 * log2(number / share), 0), FREQUENCIES - 1);

    shares[rarity] += share;
    values[rarity] += number;
  }
  for (int i = 0; i < FREQUENCIES; i++)
    if (shares[i] > 0) pga_emit_class(out, shares[i], values[i], width);
}

/* Rows whose values ANALYZE did not keep, being too wide: the mean of all says how wide. */
void pga_emit_unseen(StringInfo out, const PgaSample* sample, double share, double bytes, double values) {
  double width = (sample->width * (1 - sample->nulls) - bytes) / share;

  pga_emit_class(out, share, Max(1, values), (int)Min(Max(rint(width), 1), WIDEST));
}
