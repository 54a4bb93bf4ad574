/* Existing indexes that planner runs do as if they were dropped. */
#include "planner_module.h"

#include "catalog/pg_type.h"
#include "fmgr.h"

static void show_all(void) {
  HASH_SEQ_STATUS scan;
  PgaRelation* entry;

  pga_scan_relations(&scan);
  while ((entry = hash_seq_search(&scan)) != NULL) entry->hidden = false;
}

/* pgadvisor_hide(indexes oid[]): these and no others, until the next call. */
PG_FUNCTION_INFO_V1(pgadvisor_hide);
Datum pgadvisor_hide(PG_FUNCTION_ARGS) {
  Datum* oids;
  int count;

  deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), OIDOID, sizeof(Oid), true, TYPALIGN_INT, &oids, NULL, &count);
  show_all();
  for (int i = 0; i < count; i++) pga_enter_relation(DatumGetObjectId(oids[i]))->hidden = true;
  PG_RETURN_VOID();
}
