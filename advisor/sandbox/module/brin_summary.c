/* The size of a BRIN index's tuples: its own operator classes summarize values of the sample. */
#include "brin_summary.h"

#include "access/brin.h"
#include "access/brin_internal.h"
#include "access/brin_tuple.h"
#include "access/genam.h"
#include "catalog/pg_am.h"
#include "catalog/pg_type.h"
#include "utils/typcache.h"

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#include <math.h>

struct PgaSummary {
  Relation index;
  BrinDesc* description;
  BrinMemTuple* tuple;
  Datum* values; /* of the column that is being added */
  int count, most;
};

PgaSummary* pga_new_summary(Relation index) {
  PgaSummary* summary = palloc0(sizeof(PgaSummary));

  summary->index = index;
  summary->description = brin_build_desc(index);
  summary->tuple = brin_new_memtuple(summary->description);
#ifdef BRIN_EMPTY_RANGE_MASK
  summary->tuple->bt_empty_range = false;
#endif
  return summary;
}

void pga_add_to_summary(PgaSummary* summary, Datum value) {
  if (summary->count == summary->most) {
    summary->most = Max(1024, 2 * summary->most);
    summary->values = summary->values ? repalloc(summary->values, sizeof(Datum) * summary->most)
                                      : palloc(sizeof(Datum) * summary->most);
  }
  summary->values[summary->count++] = value;
}

static double range_rows(const PgaSummary* summary, double rows) {
  PgaRelation* table = pga_find_relation(summary->index->rd_index->indrelid);
  double pages = table && table->sized ? table->pages : 0;

  return pages > 0 ? Min(rows, rows / pages * pga_summary_range(summary)) : rows;
}

/* Values of a range: neighbours, where rows stand in their order, else some drawn from all. */
static double values_in_range(const PgaSummary* summary, double different, double order, double rows) {
  double in_range = range_rows(summary, rows);

  if (rows < 1 || different < 1) return 1;
  return Max(1, fabs(order) > 0.9 ? different * in_range / rows : different * -expm1(-in_range / different));
}

#if PG_VERSION_NUM >= 140000
/* As brin_bloom.c has it. */
typedef struct BloomFilter {
  int32 header;
  uint16 flags;
  uint8 hashes;
  uint32 bits;
  uint32 bits_set;
  char data[FLEXIBLE_ARRAY_MEMBER];
} BloomFilter;

/* A filter that so many values were added to: only a sparse one can be compressed. */
static void fill_filter(BloomFilter* filter, double values) {
  const double full = 8.0 * filter->bits;        /* settings of bits that leave few unset */
  uint64 state = UINT64CONST(88172645463325252); /* xorshift64 */

  for (double left = Min(values * filter->hashes, full); left >= 1; left--) {
    uint32 bit;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    bit = state % filter->bits;
    filter->data[bit / 8] |= 1 << bit % 8;
  }
}
#endif

/* Columns of a table have short headers, unlike results of expressions and elements of pg_statistic's arrays.
 */
static Datum as_in_table(const PgaSummary* summary, int position, Datum value) {
  Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(summary->index), position);
  struct varlena *wide = (struct varlena*)DatumGetPointer(value), *narrow;

  if (attribute->attlen != -1 || attribute->attstorage == TYPSTORAGE_PLAIN ||
      summary->index->rd_index->indkey.values[position] == 0 || !VARATT_CAN_MAKE_SHORT(wide))
    return value;
  narrow = palloc(VARATT_CONVERTED_SHORT_SIZE(wide));
  SET_VARSIZE_SHORT(narrow, VARATT_CONVERTED_SHORT_SIZE(wide));
  memcpy(VARDATA_SHORT(narrow), VARDATA(wide), VARSIZE(wide) - VARHDRSZ);
  return PointerGetDatum(narrow);
}

void pga_summarize(PgaSummary* summary, int position, double different, double order, double rows) {
  BrinValues* column = &summary->tuple->bt_columns[position];
  double values = values_in_range(summary, different, order, rows);
  int added = (int)Min(values, summary->count);

  for (int i = 0; i < added; i++)
    FunctionCall4Coll(index_getprocinfo(summary->index, position + 1, BRIN_PROCNUM_ADDVALUE),
                      summary->index->rd_indcollation[position], PointerGetDatum(summary->description),
                      PointerGetDatum(column),
                      as_in_table(summary, position, summary->values[(int64)i * summary->count / added]),
                      BoolGetDatum(false));
#if PG_VERSION_NUM >= 140000
  if (added > 0 &&
      summary->description->bd_info[position]->oi_typcache[0]->type_id == PG_BRIN_BLOOM_SUMMARYOID)
    fill_filter((BloomFilter*)DatumGetPointer(column->bv_values[0]), values - added);
#endif
  summary->count = 0;
}

double pga_summary_bytes(PgaSummary* summary) {
  Size bytes;

  brin_form_tuple(summary->description, 0, summary->tuple, &bytes);
  return bytes;
}

int pga_summary_range(const PgaSummary* summary) {
  return BrinGetPagesPerRange(summary->index);
}
