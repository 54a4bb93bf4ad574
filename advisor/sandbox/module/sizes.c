/* What the planner shall believe of tables and indexes, and which candidates it may see. */
#include "planner_module.h"

#include <math.h>

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "fmgr.h"
#include "optimizer/optimizer.h"
#include "optimizer/plancat.h"
#include "storage/bufpage.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

static HTAB* relations = NULL;
static const PgaVisible* shown = NULL; /* NULL: no candidate is visible */

PgaRelation* pga_find_relation(Oid relation) {
  return relations ? hash_search(relations, &relation, HASH_FIND, NULL) : NULL;
}

static void make_relations(void) {
  HASHCTL control = {.keysize = sizeof(Oid), .entrysize = sizeof(PgaRelation)};

  relations = hash_create("pgadvisor relations", 1024, &control, HASH_ELEM | HASH_BLOBS);
}

PgaRelation* pga_enter_relation(Oid relation) {
  bool found;
  PgaRelation* entry;

  if (!relations) make_relations();
  entry = hash_search(relations, &relation, HASH_ENTER, &found);
  if (!found) memset((char*)entry + sizeof(Oid), 0, sizeof(PgaRelation) - sizeof(Oid));
  return entry;
}

void pga_forget_relation(Oid relation) {
  if (relations) hash_search(relations, &relation, HASH_REMOVE, NULL);
}

/* For hash_seq_search(). */
void pga_scan_relations(HASH_SEQ_STATUS* scan) {
  if (!relations) make_relations();
  hash_seq_init(scan, relations);
}

void pga_forget_relations(void) {
  HASH_SEQ_STATUS scan;
  PgaRelation* entry;

  pga_scan_relations(&scan);
  while ((entry = hash_seq_search(&scan)) != NULL) list_free(entry->members);
  hash_destroy(relations);
  relations = NULL;
}

void pga_show(const PgaVisible* visible) {
  shown = visible;
}

bool pga_is_shown(Oid candidate) {
  int low = 0, high = shown ? shown->count : 0;

  while (low < high) {
    int middle = low + (high - low) / 2;

    if (shown->candidates[middle] == candidate) return true;
    if (shown->candidates[middle] < candidate)
      low = middle + 1;
    else
      high = middle;
  }
  return false;
}

/* Rows of an uncounted table by its columns' width: tableam.c, table_block_relation_estimate_size(). */
static double tuples_from_width(Oid table, RelOptInfo* rel) {
  Relation relation = table_open(table, NoLock);
  int32 width = get_rel_data_width(relation, rel->attr_widths - rel->min_attr);
  double usable = BLCKSZ - SizeOfPageHeaderData;

  /* A table that was never vacuumed is taken for ten pages at least: it is likely to grow. */
  if (rel->pages < 10 && !relation->rd_rel->relhassubclass) rel->pages = 10;
#if PG_VERSION_NUM >= 170000
  usable = usable * RelationGetFillFactor(relation, HEAP_DEFAULT_FILLFACTOR) / 100;
#endif
  width += MAXALIGN(SizeofHeapTupleHeader) + sizeof(ItemIdData);
  table_close(relation, NoLock);
  return rint(Max(1, floor(usable / width)) * rel->pages);
}

static void size_table(Oid table, RelOptInfo* rel) {
  PgaRelation* entry = pga_find_relation(table);

  if (!entry || !entry->sized) return;
  rel->pages = entry->pages;
  rel->allvisfrac = entry->all_visible;
  rel->tuples = entry->tuples < 0 ? tuples_from_width(table, rel) : entry->tuples;
}

static void size_index(const PgaRelation* entry, RelOptInfo* rel, IndexOptInfo* index) {
  /* get_relation_info() took the empty table's rows for those of a full index. */
  if (index->indpred == NIL) index->tuples = rel->tuples;
  if (!entry || !entry->sized) return;
  index->pages = entry->pages;
  index->tree_height = entry->tree_height;
  if (index->indpred != NIL && entry->tuples >= 0) index->tuples = Min(entry->tuples, rel->tuples);
}

/*
 * The hook's work: true sizes in, hidden candidates out. The parent of an inheritance tree (inhparent) has no
 * size of its own here: set_append_rel_size() sums up its children, and pages set here would count twice in
 * total_table_pages.
 */
void pga_tell_planner(PlannerInfo* root, Oid relation, bool inhparent, RelOptInfo* rel) {
  List* kept = NIL;
  ListCell* cell;
  bool hidden = false;

  if (!relations) return;
  if (!inhparent) size_table(relation, rel);
  foreach (cell, rel->indexlist) {
    IndexOptInfo* index = lfirst(cell);
    PgaRelation* entry = pga_find_relation(index->indexoid);

    if (entry && OidIsValid(entry->candidate) && !pga_is_shown(entry->candidate)) {
      hidden = true;
      continue;
    }
    if (entry && entry->hidden) continue;
    if (!inhparent) size_index(entry, rel, index);
    kept = lappend(kept, index);
  }
  rel->indexlist = kept;
  if (hidden) pga_shorten_index_list(relation); /* for the runs to come */
}

/* Rows of a whole inheritance tree, by the sizes that were set; -1 when none was. */
double pga_tree_tuples(Oid parent) {
  double tuples = -1;
  ListCell* cell;

  foreach (cell, find_all_inheritors(parent, NoLock, NULL)) {
    PgaRelation* entry = pga_find_relation(lfirst_oid(cell));

    if (entry && entry->sized && entry->tuples >= 0) tuples = Max(tuples, 0) + entry->tuples;
  }
  return tuples;
}

static void set_numbers(PgaRelation* entry, double pages, double tuples, double all_visible,
                        int tree_height) {
  entry->sized = true;
  /* BlockNumber is what the planner keeps them in. */
  entry->pages = Min(Max(rint(pages), 0), (double)MaxBlockNumber);
  entry->tuples = tuples;
  entry->all_visible = Min(Max(all_visible, 0), 1);
  entry->tree_height = tree_height;
}

/*
 * Levels below the root of a share of a B-tree. A level has as many times the pages of the one above as a
 * page holds keys; the height of the whole tree bounds that number.
 */
static int share_height(double pages, double tuples, int tree_height, double share_pages) {
  double fanout = tuples / Max(pages, 1);
  int height = 0;

  if (tree_height <= 0) return tree_height;
  fanout = Max(fanout, pow(pages, 1.0 / tree_height));
  if (tree_height > 1) fanout = Min(fanout, pow(pages, 1.0 / (tree_height - 1)));
  fanout = Max(fanout, 2);
  /* All but the metapage and the root. */
  for (double reach = 1; reach < share_pages - 2 && height < tree_height; reach *= fanout) height++;
  return height;
}

/* One candidate's indexes on partitions share its size by their tables' rows. */
static void set_shares(List* members, double pages, double tuples, int tree_height) {
  double total = 0;
  ListCell* cell;

  foreach (cell, members) {
    PgaRelation* table = pga_find_relation(pga_find_relation(lfirst_oid(cell))->table);

    total += table && table->sized ? Max(table->tuples, 0) : 0;
  }
  foreach (cell, members) {
    PgaRelation* index = pga_find_relation(lfirst_oid(cell));
    PgaRelation* table = pga_find_relation(index->table);
    double own = table && table->sized ? Max(table->tuples, 0) : 0;
    double share = total > 0 ? own / total : 1.0 / list_length(members);
    double share_pages = Max(1, ceil(pages * share));

    set_numbers(index, share_pages, tuples * share, 0, share_height(pages, tuples, tree_height, share_pages));
  }
}

/* The indexes behind a relation that was given a size. */
static List* indexes_of(const PgaRelation* entry) {
  if (entry->members != NIL) return entry->members;
  return get_rel_relkind(entry->relation) == RELKIND_INDEX ? list_make1_oid(entry->relation) : NIL;
}

/* pgadvisor_set_size(relation oid, pages float8, tuples float8, all_visible float8, tree_height int) */
PG_FUNCTION_INFO_V1(pgadvisor_set_size);
Datum pgadvisor_set_size(PG_FUNCTION_ARGS) {
  double pages = PG_GETARG_FLOAT8(1), tuples = PG_GETARG_FLOAT8(2), all_visible = PG_GETARG_FLOAT8(3);
  PgaRelation* entry;
  ListCell* cell;

  if (!(pages >= 0) || isinf(pages) || isnan(tuples) || isinf(tuples) || isnan(all_visible))
    ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
                    errmsg("size of relation %u is out of range", PG_GETARG_OID(0))));
  entry = pga_enter_relation(PG_GETARG_OID(0));
  if (list_length(entry->members) > 1)
    set_shares(entry->members, pages, tuples, PG_GETARG_INT32(4));
  else
    set_numbers(entry, pages, tuples, all_visible, PG_GETARG_INT32(4));
  foreach (cell, indexes_of(entry)) pga_fill_ends(lfirst_oid(cell));
  PG_RETURN_VOID();
}
