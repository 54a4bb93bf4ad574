/* A column's values as pg_statistic knows them. */
#include "key_facts.h"

#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "commands/vacuum.h"
#include "common/int.h"
#include "utils/array.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include <math.h>

#if PG_VERSION_NUM < 140000
#define MONEYOID CASHOID
#endif

/* Values drawn from a histogram of a type that has an order and a step, like integers and times. */
#define DRAWS 3000

bool pga_has_steps(Oid type) {
  switch (type) {
    case INT2OID:
    case INT4OID:
    case INT8OID:
    case DATEOID:
    case MONEYOID:
    case TIMEOID:
    case TIMESTAMPOID:
    case TIMESTAMPTZOID:
      return true;
    default:
      return false;
  }
}

int64 pga_to_steps(Datum value, int length) {
  return length == 2 ? DatumGetInt16(value) : length == 4 ? DatumGetInt32(value) : DatumGetInt64(value);
}

static Datum from_steps(int64 value, int length) {
  return length == 2   ? Int16GetDatum((int16)value)
         : length == 4 ? Int32GetDatum((int32)value)
                       : Int64GetDatum(value);
}

static void add_value(PgaSample* sample, Datum value, bool null, bool common, double share) {
  PgaValue* added = &sample->values[sample->count++];

  added->value = value;
  added->null = null;
  added->common = common;
  added->share = share;
}

uint64 pga_greatest_divisor(uint64 a, uint64 b) {
  while (b != 0) {
    uint64 rest = a % b;

    a = b;
    b = rest;
  }
  return a;
}

/* The step all bounds are multiples of: identifiers in tens, times in whole minutes. 0: not to be known. */
static int64 common_step(const AttStatsSlot* bounds, int length) {
  int64 step = 0;

  for (int i = 1; i < bounds->nvalues; i++) {
    int64 difference;

    /* -infinity and infinity are too far apart. */
    if (pg_sub_s64_overflow(pga_to_steps(bounds->values[i], length),
                            pga_to_steps(bounds->values[i - 1], length), &difference))
      return 0;
    step = pga_greatest_divisor(difference, step);
  }
  return step;
}

/* Bounds alone stand at equal distances, so that a function of them (a day of a time) never repeats. */
static void draw_between(PgaSample* sample, const AttStatsSlot* bounds, int length, int64 step,
                         double share) {
  int each = Max(1, DRAWS / (bounds->nvalues - 1));
  uint64 state = UINT64CONST(88172645463325252); /* xorshift64: the same draws every time */

  for (int i = 1; i < bounds->nvalues; i++) {
    int64 low = pga_to_steps(bounds->values[i - 1], length), high = pga_to_steps(bounds->values[i], length);

    for (int draw = 0; draw < each; draw++) {
      uint64 steps = (uint64)(high - low) / (uint64)step;

      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      add_value(sample, from_steps(low + (int64)(state % (steps + 1)) * step, length), false, false,
                share / (each * (bounds->nvalues - 1)));
    }
  }
}

static void add_histogram(PgaSample* sample, Form_pg_attribute attribute, const AttStatsSlot* bounds,
                          int64 step, double share) {
  sample->drawn = step > 0;
  if (sample->drawn) {
    draw_between(sample, bounds, attribute->attlen, step, share);
    return;
  }
  for (int i = 0; i < bounds->nvalues; i++)
    add_value(sample, bounds->values[i], false, false, share / bounds->nvalues);
}

double pga_correlation(HeapTuple statistics) {
  AttStatsSlot slot;
  double correlation;

  if (!get_attstatsslot(&slot, statistics, STATISTIC_KIND_CORRELATION, InvalidOid, ATTSTATSSLOT_NUMBERS))
    return 0;
  correlation = slot.nnumbers > 0 ? slot.numbers[0] : 0;
  free_attstatsslot(&slot);
  return correlation;
}

/*
 * How the values spread over the histogram's buckets, which have equally many rows: of a type with steps as
 * the steps do, and there are no more values than steps.
 */
static void measure_buckets(PgaBuckets* buckets, const AttStatsSlot* bounds, int length, int64 step,
                            double share) {
  double steps = 0;

  buckets->count = Max(1, bounds->nvalues - 1);
  buckets->share = share / buckets->count;
  buckets->most = INFINITY;
  buckets->span = palloc(sizeof(double) * buckets->count);
  buckets->values = palloc0(sizeof(double) * buckets->count);
  for (int i = 0; i < buckets->count; i++) {
    buckets->span[i] = step > 0 ? Max(1, ((double)pga_to_steps(bounds->values[i + 1], length) -
                                          (double)pga_to_steps(bounds->values[i], length)) /
                                             (double)step)
                                : 1;
    steps += buckets->span[i];
  }
  for (int i = 0; i < buckets->count; i++) buckets->span[i] /= steps;
  if (step > 0) buckets->most = steps + 1;
}

/* ALTER TABLE ... SET STATISTICS; -1: none set. From 17 on no fixed part of the row. */
static int own_target(Form_pg_attribute attribute) {
#if PG_VERSION_NUM >= 170000
  HeapTuple tuple =
      SearchSysCache2(ATTNUM, ObjectIdGetDatum(attribute->attrelid), Int16GetDatum(attribute->attnum));
  bool none = true;
  Datum target = 0;

  if (HeapTupleIsValid(tuple)) {
    target = SysCacheGetAttr(ATTNUM, tuple, Anum_pg_attribute_attstattarget, &none);
    ReleaseSysCache(tuple);
  }
  return none ? -1 : DatumGetInt16(target);
#else
  return attribute->attstattarget;
#endif
}

/* Rows that ANALYZE looks at (std_typanalyze()), as far as one column tells. */
static double sampled_rows(Form_pg_attribute attribute) {
  return 300.0 * Max(default_statistics_target, own_target(attribute));
}

/* The slots' arrays stay with the sample: they hold its values. */
static void read_statistics(PgaSample* sample, Form_pg_attribute attribute, HeapTuple statistics,
                            double rows) {
  Form_pg_statistic form = (Form_pg_statistic)GETSTRUCT(statistics);
  AttStatsSlot common = {0}, bounds = {0};
  double known = 1 - form->stanullfrac, rest = known;
  double most = INFINITY;
  int64 step = 0;

  get_attstatsslot(&common, statistics, STATISTIC_KIND_MCV, InvalidOid,
                   ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS);
  get_attstatsslot(&bounds, statistics, STATISTIC_KIND_HISTOGRAM, InvalidOid, ATTSTATSSLOT_VALUES);
  if (type_is_range(getBaseType(attribute->atttypid))) pga_read_ranges(statistics, &bounds, &most);
  sample->values = palloc(sizeof(PgaValue) * (1 + common.nvalues + bounds.nvalues + DRAWS));
  if (form->stanullfrac > 0) add_value(sample, (Datum)0, true, true, form->stanullfrac);
  for (int i = 0; i < Min(common.nvalues, common.nnumbers); i++) {
    add_value(sample, common.values[i], false, true, common.numbers[i]);
    rest -= common.numbers[i];
  }
  rest = Max(0, rest);
  if (bounds.nvalues > 1 && pga_has_steps(getBaseType(attribute->atttypid)))
    step = common_step(&bounds, attribute->attlen);
  if (bounds.nvalues > 1)
    add_histogram(sample, attribute, &bounds, step, rest);
  else
    sample->unseen = rest;
  sample->nulls = form->stanullfrac;
  sample->width = form->stawidth;
  sample->distinct = form->stadistinct < 0 ? -form->stadistinct * rows : form->stadistinct;
  if (sample->distinct > most) sample->distinct = most;
  sample->unique = form->stadistinct <= -known + UNSEEN_NOTHING;
  if (known > 0) {
    measure_buckets(&sample->buckets, &bounds, attribute->attlen, step, rest / known);
    sample->distinct = pga_count_values(&sample->buckets, sample->distinct, common.nvalues,
                                        sampled_rows(attribute) * known, rows * known);
  }
  sample->correlation = pga_correlation(statistics);
}

void pga_spread_unseen(PgaSample* sample) {
  double seen = 1 - sample->nulls - sample->unseen;

  if (seen <= UNSEEN_NOTHING) return;
  for (int i = 0; i < sample->count; i++)
    if (!sample->values[i].null) sample->values[i].share *= 1 + sample->unseen / seen;
  sample->unseen = 0;
}

/* Statistics of a partitioned table speak of all its partitions. */
PgaSample* pga_sample_column(Relation table, AttrNumber column, double rows) {
  Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(table), column - 1);
  PgaSample* sample = palloc0(sizeof(PgaSample));
  HeapTuple statistics =
      SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(RelationGetRelid(table)), Int16GetDatum(column),
                      BoolGetDatum(table->rd_rel->relkind == RELKIND_PARTITIONED_TABLE));

  sample->column = column;
  if (HeapTupleIsValid(statistics)) {
    read_statistics(sample, attribute, statistics, rows);
    ReleaseSysCache(statistics);
  } else {
    sample->unseen = 1;
    sample->width = get_typavgwidth(attribute->atttypid, attribute->atttypmod);
  }
  if (sample->distinct > 0) sample->distinct = Min(sample->distinct, Max(1, rows));
  return sample;
}
