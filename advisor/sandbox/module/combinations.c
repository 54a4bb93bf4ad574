/* What is known of how many different combinations several columns of an index have. */
#include "key_facts.h"

#include "access/relation.h"
#include "catalog/pg_class.h"
#include "catalog/pg_statistic_ext_data.h"
#include "statistics/extended_stats_internal.h"
#include "utils/relcache.h"
#include "utils/syscache.h"

/* Where the columns of a table stand in the index; false when one is no key of it. */
static bool positions_in(Relation index, const AttrNumber* columns, int count, int* positions) {
  Form_pg_index form = index->rd_index;

  for (int i = 0; i < count; i++) {
    positions[i] = -1;
    for (int position = 0; position < form->indnkeyatts; position++)
      if (form->indkey.values[position] == columns[i] && columns[i] > 0) positions[i] = position;
    if (positions[i] < 0) return false;
  }
  return true;
}

static void emit(StringInfo out, const int* positions, int count, double most, bool exact) {
  appendStringInfo(out, "%s{\"most\":%.9g,\"exact\":%s,\"columns\":[",
                   out->data[out->len - 1] == '[' ? "" : ",", most, exact ? "true" : "false");
  for (int i = 0; i < count; i++) appendStringInfo(out, i > 0 ? ",%d" : "%d", positions[i]);
  appendStringInfoString(out, "]}");
}

/* As many as rows: a unique index, primary keys among them. */
static void emit_unique(StringInfo out, Relation index, Relation table, double rows) {
  ListCell* cell;

  foreach (cell, RelationGetIndexList(table)) {
    Relation other = relation_open(lfirst_oid(cell), AccessShareLock);
    Form_pg_index form = other->rd_index;
    int positions[INDEX_MAX_KEYS];

    if (form->indisunique && form->indisvalid && RelationGetIndexPredicate(other) == NIL &&
        positions_in(index, form->indkey.values, form->indnkeyatts, positions))
      emit(out, positions, form->indnkeyatts, rows, true);
    relation_close(other, AccessShareLock);
  }
}

/* No more than the referenced table has rows. */
static void emit_references(StringInfo out, Relation index, Relation table) {
  ListCell* cell;

  foreach (cell, RelationGetFKeyList(table)) {
    ForeignKeyCacheInfo* key = lfirst(cell);
    PgaRelation* referenced = pga_find_relation(key->confrelid);
    int positions[INDEX_MAX_KEYS];

    if (key->nkeys > 1 && referenced && referenced->sized && referenced->tuples > 0 &&
        positions_in(index, key->conkey, key->nkeys, positions))
      emit(out, positions, key->nkeys, referenced->tuples, false);
  }
}

/* The columns of a combination; answers how many. */
static int attributes_of(const MVNDistinctItem* item, AttrNumber attributes[STATS_MAX_DIMENSIONS]) {
#if PG_VERSION_NUM >= 140000
  memcpy(attributes, item->attributes, sizeof(AttrNumber) * item->nattributes);
  return item->nattributes;
#else
  int attribute = -1, count = 0;

  while ((attribute = bms_next_member(item->attrs, attribute)) >= 0) attributes[count++] = attribute;
  return count;
#endif
}

static void emit_counted(StringInfo out, Relation index, MVNDistinct* counts) {
  for (uint32 i = 0; counts && i < counts->nitems; i++) {
    AttrNumber attributes[STATS_MAX_DIMENSIONS];
    int positions[INDEX_MAX_KEYS];
    int count = attributes_of(&counts->items[i], attributes);

    if (positions_in(index, attributes, count, positions))
      emit(out, positions, count, counts->items[i].ndistinct, true);
  }
}

/* Extended statistics of kind ndistinct. */
static void emit_statistics(StringInfo out, Relation index, Relation table) {
  ListCell* cell;

  foreach (cell, RelationGetStatExtList(table)) {
#if PG_VERSION_NUM >= 150000
    bool inherited = table->rd_rel->relkind == RELKIND_PARTITIONED_TABLE;
    HeapTuple data =
        SearchSysCache2(STATEXTDATASTXOID, ObjectIdGetDatum(lfirst_oid(cell)), BoolGetDatum(inherited));
#else
    HeapTuple data = SearchSysCache1(STATEXTDATASTXOID, ObjectIdGetDatum(lfirst_oid(cell)));
#endif
    Datum counts;
    bool null;

    if (!HeapTupleIsValid(data)) continue;
    counts = SysCacheGetAttr(STATEXTDATASTXOID, data, Anum_pg_statistic_ext_data_stxdndistinct, &null);
    if (!null) emit_counted(out, index, statext_ndistinct_deserialize(DatumGetByteaPP(counts)));
    ReleaseSysCache(data);
  }
}

void pga_emit_combinations(StringInfo out, Relation index, Relation table, double rows) {
  emit_unique(out, index, table, rows);
  emit_references(out, index, table);
  emit_statistics(out, index, table);
}
