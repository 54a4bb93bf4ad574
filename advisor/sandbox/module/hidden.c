/* Existing indexes that planner runs do as if they were dropped. */
#include "planner_module.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/memutils.h"

static List* hidden = NIL;

static void show_all(void) {
  ListCell* cell;

  foreach (cell, hidden) {
    PgaRelation* entry = pga_find_relation(lfirst_oid(cell));

    if (entry) entry->hidden = false;
  }
  list_free(hidden);
  hidden = NIL;
}

/* pgadvisor_hide(indexes oid[]): these and no others, until the next call. */
PG_FUNCTION_INFO_V1(pgadvisor_hide);
Datum pgadvisor_hide(PG_FUNCTION_ARGS) {
  MemoryContext caller;
  Datum* oids;
  int count;

  deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), OIDOID, sizeof(Oid), true, TYPALIGN_INT, &oids, NULL, &count);
  show_all();
  caller = MemoryContextSwitchTo(TopMemoryContext);
  for (int i = 0; i < count; i++) {
    pga_enter_relation(DatumGetObjectId(oids[i]))->hidden = true;
    hidden = lappend_oid(hidden, DatumGetObjectId(oids[i]));
  }
  MemoryContextSwitchTo(caller);
  PG_RETURN_VOID();
}
