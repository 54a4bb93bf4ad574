/*
 * Keeps hidden candidates out of the planner's way. get_relation_info() opens, locks and describes every
 * index of a table before its hook can take one out: some microseconds for each, in every planner run. It
 * takes the indexes from the list that the relation cache holds for the table, so that is where hidden ones
 * go missing.
 *
 * This saves time only: PostgreSQL may read a list anew at any moment, and the hook hides what is in it then.
 */
#include "planner_module.h"

#include "storage/lmgr.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/syscache.h"

static List* showing = NIL; /* tables whose lists were given candidates */

static bool is_hidden(Oid index) {
  PgaRelation* entry = pga_find_relation(index);

  return entry && OidIsValid(entry->candidate) && !pga_is_shown(entry->candidate);
}

static void shorten(Relation relation) {
  ListCell* cell;

  foreach (cell, relation->rd_indexlist)
    if (is_hidden(lfirst_oid(cell)))
      relation->rd_indexlist = foreach_delete_current(relation->rd_indexlist, cell);
}

/* Takes what is hidden now out of a table's list. */
void pga_shorten_index_list(Oid table) {
  Relation relation = RelationIdGetRelation(table);

  if (!relation) return;
  if (relation->rd_indexvalid) shorten(relation);
  RelationClose(relation);
}

/* The same before the planner's first look, if the cache does not hold the list: it would open all of them. */
void pga_read_index_list(Oid table) {
  Relation relation = RelationIdGetRelation(table);

  if (!relation) return;
  if (!relation->rd_indexvalid && relation->rd_rel->relhasindex) {
    list_free(RelationGetIndexList(relation));
    shorten(relation);
  }
  RelationClose(relation);
}

static void lengthen(Oid table, Oid index) {
  Relation relation = RelationIdGetRelation(table);

  if (!relation) return;
  /* RelationGetIndexList() keeps the order of OIDs. */
  if (relation->rd_indexvalid && !list_member_oid(relation->rd_indexlist, index) &&
      SearchSysCacheExists1(RELOID, ObjectIdGetDatum(index))) {
    MemoryContext caller = MemoryContextSwitchTo(CacheMemoryContext);

    relation->rd_indexlist = lappend_oid(relation->rd_indexlist, index);
    list_sort(relation->rd_indexlist, list_oid_cmp);
    MemoryContextSwitchTo(caller);
  }
  RelationClose(relation);
}

static void show_candidate(Oid candidate) {
  PgaRelation* entry = pga_find_relation(candidate);
  ListCell* cell;

  if (!entry) return;
  foreach (cell, entry->members) {
    PgaRelation* member = pga_find_relation(lfirst_oid(cell));
    MemoryContext caller;

    LockRelationOid(member->table, AccessShareLock);
    lengthen(member->table, member->relation);
    caller = MemoryContextSwitchTo(TopMemoryContext);
    showing = list_append_unique_oid(showing, member->table);
    MemoryContextSwitchTo(caller);
  }
}

/* Makes the lists fit what is shown now. */
void pga_update_index_lists(const PgaVisible* visible) {
  ListCell* cell;

  foreach (cell, showing) pga_shorten_index_list(lfirst_oid(cell));
  list_free(showing);
  showing = NIL;
  for (int i = 0; i < visible->count; i++) show_candidate(visible->candidates[i]);
}
