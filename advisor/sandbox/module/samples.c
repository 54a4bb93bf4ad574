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

/* Values drawn from a histogram of a type that has an order and a step, like integers and times. */
#define DRAWS 3000

static bool has_steps(Oid type) {
  switch (type) {
    case INT2OID:
    case INT4OID:
    case INT8OID:
    case DATEOID:
    case TIMEOID:
    case TIMESTAMPOID:
    case TIMESTAMPTZOID:
      return true;
    default:
      return false;
  }
}

static int64 to_steps(Datum value, int length) {
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

static int64 greatest_divisor(int64 a, int64 b) {
  while (b != 0) {
    int64 rest = a % b;

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
    if (pg_sub_s64_overflow(to_steps(bounds->values[i], length), to_steps(bounds->values[i - 1], length),
                            &difference))
      return 0;
    step = greatest_divisor(difference, step);
  }
  return step;
}

/* Bounds alone stand at equal distances, so that a function of them (a day of a time) never repeats. */
static void draw_between(PgaSample* sample, const AttStatsSlot* bounds, int length, int64 step,
                         double share) {
  int each = Max(1, DRAWS / (bounds->nvalues - 1));
  uint64 state = UINT64CONST(88172645463325252); /* xorshift64: the same draws every time */

  for (int i = 1; i < bounds->nvalues; i++) {
    int64 low = to_steps(bounds->values[i - 1], length), high = to_steps(bounds->values[i], length);

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
                          double share) {
  int64 step = has_steps(getBaseType(attribute->atttypid)) ? common_step(bounds, attribute->attlen) : 0;

  sample->drawn = step > 0;
  if (sample->drawn) {
    draw_between(sample, bounds, attribute->attlen, step, share);
    return;
  }
  for (int i = 0; i < bounds->nvalues; i++)
    add_value(sample, bounds->values[i], false, false, share / bounds->nvalues);
}

static double read_correlation(HeapTuple statistics) {
  AttStatsSlot slot;

  if (!get_attstatsslot(&slot, statistics, STATISTIC_KIND_CORRELATION, InvalidOid, ATTSTATSSLOT_NUMBERS))
    return 0;
  return slot.nnumbers > 0 ? slot.numbers[0] : 0;
}

/* What compute_scalar_stats() in analyze.c (Haas and Stokes) makes of a sample of `rows` of `all` rows, some
 * of which have one of `common` values and the others one of so many equally frequent ones. */
static double estimate_of(double values, double common, double rest, double rows, double all) {
  double lambda = rows * rest / values;
  double seen = common + values * -expm1(-lambda), once = rows * rest * exp(-lambda);

  return rows * seen / (rows - once + once * rows / all);
}

/*
 * That estimate is too low where the sample has most values once or twice: 27,000 instead of 30,000 for
 * values five rows have each. The number of which it would have made the estimate is the better one.
 */
static double without_bias(double estimate, double common, double rest, double rows, double all) {
  double low = Max(1, estimate - common), high = Max(low, all * rest);

  if (rows >= all || estimate > 0.99 * all || rest <= 0) return estimate;
  for (int step = 0; step < 40; step++) {
    double middle = (low + high) / 2;

    if (estimate_of(middle, common, rest, rows, all) < estimate)
      low = middle;
    else
      high = middle;
  }
  return common + low;
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
  double rest = 1 - form->stanullfrac;

  get_attstatsslot(&common, statistics, STATISTIC_KIND_MCV, InvalidOid,
                   ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS);
  get_attstatsslot(&bounds, statistics, STATISTIC_KIND_HISTOGRAM, InvalidOid, ATTSTATSSLOT_VALUES);
  sample->values = palloc(sizeof(PgaValue) * (1 + common.nvalues + bounds.nvalues + DRAWS));
  if (form->stanullfrac > 0) add_value(sample, (Datum)0, true, true, form->stanullfrac);
  for (int i = 0; i < Min(common.nvalues, common.nnumbers); i++) {
    add_value(sample, common.values[i], false, true, common.numbers[i]);
    rest -= common.numbers[i];
  }
  rest = Max(0, rest);
  if (bounds.nvalues > 1)
    add_histogram(sample, attribute, &bounds, rest);
  else
    sample->unseen = rest;
  sample->nulls = form->stanullfrac;
  sample->width = form->stawidth;
  sample->distinct = form->stadistinct < 0 ? -form->stadistinct * rows : form->stadistinct;
  if (sample->distinct > common.nvalues)
    sample->distinct =
        without_bias(sample->distinct, common.nvalues, rest / (1 - form->stanullfrac),
                     sampled_rows(attribute) * (1 - form->stanullfrac), rows * (1 - form->stanullfrac));
  sample->correlation = read_correlation(statistics);
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
