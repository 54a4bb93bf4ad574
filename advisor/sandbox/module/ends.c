/*
 * The ends of indexes. For a comparison near an end of a column's histogram the planner looks up the end in
 * an index whose first key the column is (selfuncs.c, get_actual_variable_range()), and believes its own
 * estimate less when it finds none. So each such index gets two entries: the column's lowest and highest
 * value as read in production or, where they were not, as the sample knows them.
 *
 * There are no rows behind them. The probe asks the heap only where a page is not known to be all visible, so
 * the table is one empty page that is: CREATE INDEX finds nothing on it, no function of the database is
 * called with the two values, and a search that follows an entry finds no row.
 */
#include "planner_module.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/nbtree.h"
#include "access/table.h"
#include "access/transam.h"
#include "access/visibilitymap.h"
#include "catalog/index.h"
#include "catalog/pg_am.h"
#include "catalog/pg_statistic.h"
#include "catalog/storage.h"
#include "storage/bufmgr.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/*
 * Nothing but PostgreSQL's own code may run here: comparing a type of the database, or an array or range of
 * one, would run functions of the database.
 */
static bool is_trusted(Relation index) {
  Oid type = getBaseType(TupleDescAttr(index->rd_att, 0)->atttypid);

  return type < FirstNormalObjectId || get_typtype(type) == TYPTYPE_ENUM;
}

/* Would the planner look for ends in the index? */
static bool is_probed(Relation index) {
  return index->rd_rel->relam == BTREE_AM_OID && index->rd_index->indkey.values[0] > 0 &&
         heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL) && is_trusted(index);
}

typedef struct Ends {
  Datum low, high;
  bool found;
} Ends;

static void widen(Ends* ends, Datum value, Relation index) {
  FmgrInfo* compare = index_getprocinfo(index, 1, BTORDER_PROC);
  Oid collation = index->rd_indcollation[0];

  if (DatumGetInt32(FunctionCall2Coll(compare, collation, value, ends->low)) < 0) ends->low = value;
  if (DatumGetInt32(FunctionCall2Coll(compare, collation, value, ends->high)) > 0) ends->high = value;
}

/* The slots' values stay allocated. */
static bool read_slot(AttStatsSlot* slot, HeapTuple statistics, int kind) {
  return get_attstatsslot(slot, statistics, kind, InvalidOid, ATTSTATSSLOT_VALUES);
}

/* Without a histogram in the index's order the planner does not probe. */
static Ends ends_of(Relation index, HeapTuple statistics) {
  Ends ends = {0};
  AttStatsSlot slot;

  if (!read_slot(&slot, statistics, STATISTIC_KIND_HISTOGRAM) || slot.nvalues < 2 ||
      slot.stacoll != index->rd_indcollation[0] ||
      get_op_opfamily_strategy(slot.staop, index->rd_opfamily[0]) != BTLessStrategyNumber)
    return ends;
  ends = (Ends){slot.values[0], slot.values[slot.nvalues - 1], true};
  if (read_slot(&slot, statistics, PGA_STATISTIC_KIND_ENDS) && slot.nvalues == 2)
    return (Ends){slot.values[0], slot.values[1], true};
  if (read_slot(&slot, statistics, STATISTIC_KIND_MCV))
    for (int i = 0; i < slot.nvalues; i++) widen(&ends, slot.values[i], index);
  return ends;
}

/* Makes the table one empty page that is all visible; false when it has other pages. */
static bool empty_page(Relation table) {
  Buffer buffer = InvalidBuffer;
  bool fresh = RelationGetNumberOfBlocks(table) == 0;

  if (fresh) {
    buffer = ReadBufferExtended(table, MAIN_FORKNUM, P_NEW, RBM_ZERO_AND_LOCK, NULL);
    PageInit(BufferGetPage(buffer), BufferGetPageSize(buffer), 0);
    PageSetAllVisible(BufferGetPage(buffer));
    MarkBufferDirty(buffer);
    UnlockReleaseBuffer(buffer);
    buffer = InvalidBuffer;
    visibilitymap_pin(table, 0, &buffer);
    LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
    *PageGetContents(BufferGetPage(buffer)) |=
        VISIBILITYMAP_ALL_VISIBLE; /* two bits a page, the first's lowest */
    MarkBufferDirty(buffer);
    UnlockReleaseBuffer(buffer);
    return true;
  }
  fresh = (visibilitymap_get_status(table, 0, &buffer) & VISIBILITYMAP_ALL_VISIBLE) != 0;
  if (BufferIsValid(buffer)) ReleaseBuffer(buffer);
  return fresh;
}

static void insert_end(Relation table, Relation index, Datum value, OffsetNumber row, IndexInfo* info) {
  Datum values[INDEX_MAX_KEYS] = {value};
  bool nulls[INDEX_MAX_KEYS];
  ItemPointerData address;

  memset(nulls, true, sizeof nulls);
  nulls[0] = false;
  ItemPointerSet(&address, 0, row);
#if PG_VERSION_NUM >= 140000
  index_insert(index, values, nulls, &address, table, UNIQUE_CHECK_NO, false, info);
#else
  index_insert(index, values, nulls, &address, table, UNIQUE_CHECK_NO, info);
#endif
}

/* As RelationTruncateIndexes() in heap.c: an empty index again. */
static void empty_index(Relation table, Relation index, IndexInfo* info) {
  RelationTruncate(index, 0);
  index_build(table, index, info, true, false);
}

static void fill(Relation table, Relation index, const Ends* ends) {
  IndexInfo* info = BuildDummyIndexInfo(index);

  if (!empty_page(table)) return;
  if (RelationGetNumberOfBlocks(index) > 1) empty_index(table, index, info);
  insert_end(table, index, ends->low, 1, info);
  insert_end(table, index, ends->high, 2, info);
}

/* Brings the ends of an index up to date with its column's statistics. */
void pga_fill_ends(Oid relation) {
  PgaRelation* entry = pga_enter_relation(relation);
  Relation index = index_open(relation, AccessExclusiveLock);
  Relation table = table_open(index->rd_index->indrelid, ShareUpdateExclusiveLock);
  HeapTuple statistics = NULL;

  if (table->rd_rel->relam == HEAP_TABLE_AM_OID && is_probed(index))
    statistics = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(RelationGetRelid(table)),
                                 Int16GetDatum(index->rd_index->indkey.values[0]), BoolGetDatum(false));
  /* Statistics that were loaded anew are another row version. */
  if (HeapTupleIsValid(statistics) && !ItemPointerEquals(&entry->ends_of, &statistics->t_self)) {
    Ends ends = ends_of(index, statistics);

    if (ends.found) fill(table, index, &ends);
    entry->ends_of = statistics->t_self;
  }
  if (HeapTupleIsValid(statistics)) ReleaseSysCache(statistics);
  table_close(table, ShareUpdateExclusiveLock);
  index_close(index, AccessExclusiveLock);
}
