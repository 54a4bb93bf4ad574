/* The keys that a GIN index takes out of the values of a column. */
#include "gin_keys.h"

#include "access/genam.h"
#include "access/gin.h"
#include "access/htup_details.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "value_classes.h"

#include <math.h>

PgaGinColumn* pga_gin_column(Relation index, int position) {
  PgaGinColumn* column = palloc0(sizeof(PgaGinColumn));
  FmgrInfo* extract = index_getprocinfo(index, position + 1, GIN_EXTRACTVALUE_PROC);

  fmgr_info_copy(&column->extract, extract, CurrentMemoryContext);
  column->collation = index->rd_indcollation[position];
  /* As initGinState() has it. */
  if (!OidIsValid(column->collation)) column->collation = DEFAULT_COLLATION_OID;
  return column;
}

/* Adds each different key of the value once: a row is in a key's list once. */
void pga_take_gin_keys(PgaOutcomes* outcomes, Datum value, double share, PgaGinColumn* column,
                       PgaMeasure measure, void* context) {
  int32 count = 0;
  bool* nulls = NULL;
  Datum* keys = (Datum*)DatumGetPointer(FunctionCall3Coll(&column->extract, column->collation, value,
                                                          PointerGetDatum(&count), PointerGetDatum(&nulls)));
  int first = outcomes->count, kept = outcomes->count;

  for (int i = 0; keys && i < count; i++) {
    PgaOutcome key = {0};

    if (nulls && nulls[i]) continue;
    key.width = measure(keys[i], &key.bytes, &key.length, context);
    pga_add_outcome(outcomes, key.bytes, key.length, key.width, share, false);
  }
  if (outcomes->count == first) return;
  qsort(outcomes->values + first, outcomes->count - first, sizeof(PgaOutcome), pga_compare_outcomes);
  for (int i = first; i < outcomes->count; i++)
    if (i == first || pga_compare_outcomes(&outcomes->values[kept - 1], &outcomes->values[i]) != 0)
      outcomes->values[kept++] = outcomes->values[i];
  outcomes->count = kept;
}

/*
 * Keys less frequent than those kept. Word frequencies fall with a power of the rank: with the one at which
 * those of the rarer half that was kept fall, until all `mass` (keys a row) is used up; keys that less than
 * one row would have are had by one.
 */
static void emit_tail(StringInfo out, double mass, const double* frequencies, int count, int width,
                      double rows) {
  double last = frequencies[count - 1], middle = frequencies[count / 2];
  double power = Max(0.3, log(middle / last) / log((count - 1.0) / Max(1, count / 2)));
  double rank = count;

  while (mass > 0) {
    double next = ceil(rank * 1.25), frequency = last * pow(count / ((rank + next) / 2), power);

    if (frequency * rows <= 1) {
      pga_emit_class(out, mass, mass * rows, width);
      return;
    }
    next = Min(next, rank + ceil(mass / frequency));
    pga_emit_class(out, (next - rank) * frequency, next - rank, width);
    mass -= (next - rank) * frequency;
    rank = next;
  }
}

static int descending(const void* a, const void* b) {
  double x = *(const double*)a, y = *(const double*)b;

  return (x < y) - (x > y);
}

/* Different elements of a value: arrays' were counted (array_typanalyze()), those of a tsvector follow from
 * its width. */
static double mean_elements(HeapTuple statistics, Oid type, double mean_width) {
  AttStatsSlot slot;

  if (get_attstatsslot(&slot, statistics, STATISTIC_KIND_DECHIST, InvalidOid, ATTSTATSSLOT_NUMBERS) &&
      slot.nnumbers > 0)
    return slot.numbers[slot.nnumbers - 1];
  /* An entry (WordEntry), the word, and with its alignment a count of positions and one of them. */
  return type == TSVECTOROID
             ? Max(0, ((Form_pg_statistic)GETSTRUCT(statistics))->stawidth - 8) / (4 + mean_width + 4.5)
             : 0;
}

bool pga_emit_elements(StringInfo out, Relation table, const PgaSample* sample, double rows,
                       PgaMeasure measure, void* context) {
  HeapTuple statistics =
      SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(RelationGetRelid(table)), Int16GetDatum(sample->column),
                      BoolGetDatum(table->rd_rel->relkind == RELKIND_PARTITIONED_TABLE));
  AttStatsSlot slot = {0};
  double *frequencies, mass, width = 0;

  if (!HeapTupleIsValid(statistics)) return false;
  if (!get_attstatsslot(&slot, statistics, STATISTIC_KIND_MCELEM, InvalidOid,
                        ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS) ||
      slot.nvalues == 0 || slot.nnumbers < slot.nvalues) {
    ReleaseSysCache(statistics);
    return false;
  }
  frequencies = palloc(sizeof(double) * slot.nvalues);
  for (int i = 0; i < slot.nvalues; i++) {
    PgaOutcome key = {0};

    frequencies[i] = slot.numbers[i] * (1 - sample->nulls);
    key.width = measure(slot.values[i], &key.bytes, &key.length, context);
    pga_emit_class(out, frequencies[i], 1, key.width);
    width += key.width;
  }
  width /= slot.nvalues;
  mass =
      mean_elements(statistics, TupleDescAttr(RelationGetDescr(table), sample->column - 1)->atttypid, width) *
      (1 - sample->nulls);
  for (int i = 0; i < slot.nvalues; i++) mass -= frequencies[i];
  qsort(frequencies, slot.nvalues, sizeof(double), descending);
  if (slot.nvalues > 2 && mass > 0.01)
    emit_tail(out, mass, frequencies, slot.nvalues, (int)rint(width), rows);
  ReleaseSysCache(statistics);
  return true;
}
