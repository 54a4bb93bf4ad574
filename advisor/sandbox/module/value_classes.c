/* Values of an index column put into classes: some alone, the others by how wide they are. */
#include "value_classes.h"

#include <math.h>

/* Seen this often its share is known well enough to stand alone. */
#define WELL_KNOWN 30
#define WIDEST 8191

typedef struct Rest {
  double shares[WIDEST + 1]; /* by width */
  double share;
  double values, inputs, once, twice;
} Rest;

static int compare_bytes(const void* a, const void* b) {
  const PgaOutcome *x = a, *y = b;
  int order = memcmp(x->bytes, y->bytes, Min(x->length, y->length));

  return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

static void emit_class(StringInfo out, double share, double values, int width) {
  appendStringInfo(out, "%s[%.9g,%.9g,%d]", out->data[out->len - 1] == '[' ? "" : ",", share, values, width);
}

/* `first` to `last` are equal. */
static void take_run(StringInfo out, const PgaOutcome* first, const PgaOutcome* last, double passed,
                     Rest* rest) {
  int count = last - first + 1;
  double share = 0;
  bool common = false;

  for (const PgaOutcome* one = first; one <= last; one++) {
    share += one->share;
    common |= one->common;
  }
  if (common || count >= WELL_KNOWN) {
    emit_class(out, share / passed, 1, first->width);
    return;
  }
  rest->shares[Min(first->width, WIDEST)] += share / passed;
  rest->share += share / passed;
  rest->values++;
  rest->inputs += count;
  rest->once += count == 1;
  rest->twice += count == 2;
}

/*
 * How many values there are behind those of the sample. Of keys that rows hold several of: Chao's estimate from
 * those seen once and twice. Else the one ANALYZE uses (compute_distinct_stats() in analyze.c: Haas and Stokes):
 * `population` is what the sample was drawn from.
 */
static double estimate_values(const Rest* rest, const PgaPopulation* population) {
  double n = rest->inputs, once = rest->once;

  if (rest->values == 0) return 0;
  if (population->known_values > 0) return population->known_values;
  if (population->many_a_row)
    return Min(rest->values + once * Max(0, once - 1) / (2 * (rest->twice + 1)),
               Max(rest->values, rest->share * population->size));
  if (n >= population->size) return Min(rest->values, population->most_values);
  return Min(n * rest->values / (n - once + once * n / population->size), population->most_values);
}

double pga_emit_classes(StringInfo out, PgaOutcomes* outcomes, const PgaPopulation* population) {
  Rest* rest = palloc0(sizeof(Rest));
  double values, bytes = 0;

  qsort(outcomes->values, outcomes->count, sizeof(PgaOutcome), compare_bytes);
  for (int first = 0, last; first < outcomes->count; first = last + 1) {
    last = first;
    while (last + 1 < outcomes->count &&
           compare_bytes(&outcomes->values[first], &outcomes->values[last + 1]) == 0)
      last++;
    take_run(out, &outcomes->values[first], &outcomes->values[last], outcomes->passed, rest);
  }
  for (int i = 0; i < outcomes->count; i++) bytes += outcomes->values[i].share * outcomes->values[i].width;
  values = estimate_values(rest, population);
  for (int width = 0; width <= WIDEST; width++)
    if (rest->shares[width] > 0)
      emit_class(out, rest->shares[width], values * rest->shares[width] / rest->share, width);
  pfree(rest);
  return bytes;
}

/* Rows whose values ANALYZE did not keep, being too wide: the mean of all says how wide. */
void pga_emit_unseen(StringInfo out, const PgaSample* sample, double share, double bytes, double values) {
  double width = (sample->width * (1 - sample->nulls) - bytes) / share;

  emit_class(out, share, Max(1, values), (int)Min(Max(rint(width), 1), WIDEST));
}
