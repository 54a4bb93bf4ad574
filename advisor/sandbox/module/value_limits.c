/* How many values there can be, by what those of a sample look like. */
#include "key_facts.h"

#include "value_classes.h"

#include <math.h>

/* A text that varies in more places than these is taken to be of any form. */
#define MOST_PLACES 64
#define FEWEST_TEXTS 20

/* The bytes seen at one place of texts of the same length; how many of them once. */
static double alphabet_at(const PgaOutcome* first, int count, int place) {
  int seen[256] = {0}, different = 0, once = 0;

  for (int i = 0; i < count; i++) seen[(unsigned char)first[i].bytes[place]]++;
  for (int byte = 0; byte < lengthof(seen); byte++) {
    different += seen[byte] > 0;
    once += seen[byte] == 1;
  }
  /* Many seen once: many are not seen yet. */
  return different > 2 && once > different / 4 ? lengthof(seen) : different;
}

static double texts_of_length(const PgaOutcome* first, int count) {
  double texts = 1;

  if (count < FEWEST_TEXTS || first->length > MOST_PLACES) return INFINITY;
  for (int place = 0; place < first->length; place++) texts *= alphabet_at(first, count, place);
  return texts;
}

static int compare_lengths(const void* a, const void* b) {
  return ((const PgaOutcome*)a)->length - ((const PgaOutcome*)b)->length;
}

/* Codes of a fixed form, like the first digits of a hash: of each length the product of the alphabets at each
 * place. */
static double most_texts(PgaOutcome* values, int count) {
  double texts = 0;

  qsort(values, count, sizeof(PgaOutcome), compare_lengths);
  for (int first = 0, next; first < count && !isinf(texts); first = next) {
    for (next = first + 1; next < count && values[next].length == values[first].length;) next++;
    texts += texts_of_length(&values[first], next - first);
  }
  return texts;
}

static double most_numbers(const PgaOutcome* values, int count, int length) {
  int64 low = PG_INT64_MAX, high = PG_INT64_MIN;
  uint64 step = 0;

  for (int i = 0; i < count; i++) {
    Datum value;
    int64 number;

    memcpy(&value, values[i].bytes, sizeof(Datum));
    number = pga_to_steps(value, length);
    step =
        i == 0 ? 0 : pga_greatest_divisor(number > low ? (uint64)number - low : (uint64)low - number, step);
    low = Min(low, number);
    high = Max(high, number);
  }
  /* The ends of what was seen are not quite those of all. */
  return step == 0 ? INFINITY : ((double)high - (double)low) / (double)step * (count + 1) / (count - 1) + 1;
}

double pga_most_values(const PgaOutcomes* outcomes, Form_pg_attribute attribute, double rows) {
  PgaOutcome* uncommon = palloc(sizeof(PgaOutcome) * Max(1, outcomes->count));
  int count = 0;
  double possible = INFINITY;

  for (int i = 0; i < outcomes->count; i++)
    if (!outcomes->values[i].common) uncommon[count++] = outcomes->values[i];
  if (count < FEWEST_TEXTS) return rows;
  if (attribute->attlen == -1)
    possible = most_texts(uncommon, count);
  else if (pga_has_steps(attribute->atttypid))
    possible = most_numbers(uncommon, count, attribute->attlen);
  return isinf(possible) ? rows : Max(1, possible * -expm1(-rows / possible));
}
