/*
 * What one session believes of relations, for another to believe the same: sessions that plan side by side
 * must not differ in what they see.
 */
#include "planner_module.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* pgadvisor_beliefs() -> bytea: PgaRelation by PgaRelation, members left out. For the same server only. */
PG_FUNCTION_INFO_V1(pgadvisor_beliefs);
Datum pgadvisor_beliefs(PG_FUNCTION_ARGS) {
  StringInfoData out;
  HASH_SEQ_STATUS scan;
  PgaRelation* entry;

  initStringInfo(&out);
  appendStringInfoSpaces(&out, VARHDRSZ);
  pga_scan_relations(&scan);
  while ((entry = hash_seq_search(&scan)) != NULL) {
    PgaRelation copy = *entry;

    copy.members = NIL;
    appendBinaryStringInfo(&out, (char*)&copy, sizeof copy);
  }
  SET_VARSIZE(out.data, out.len);
  PG_RETURN_BYTEA_P(out.data);
}

/* A candidate's first index knows the others. */
static void join_members(const PgaRelation* index) {
  PgaRelation* first = pga_find_relation(index->candidate);
  MemoryContext caller = MemoryContextSwitchTo(TopMemoryContext);

  if (first) first->members = lappend_oid(first->members, index->relation);
  MemoryContextSwitchTo(caller);
}

/* In the order in which they were made. */
static int compare_relations(const void* a, const void* b) {
  Oid x = ((const PgaRelation*)a)->relation, y = ((const PgaRelation*)b)->relation;

  return x < y ? -1 : x > y;
}

/* pgadvisor_believe(beliefs bytea): in place of all that this session believed. */
PG_FUNCTION_INFO_V1(pgadvisor_believe);
Datum pgadvisor_believe(PG_FUNCTION_ARGS) {
  bytea* beliefs = PG_GETARG_BYTEA_PP(0);
  Size count = VARSIZE_ANY_EXHDR(beliefs) / sizeof(PgaRelation);
  PgaRelation* told = palloc(Max(1, count) * sizeof(PgaRelation)); /* aligned */

  if (count * sizeof(PgaRelation) != VARSIZE_ANY_EXHDR(beliefs))
    ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("beliefs of another build")));
  memcpy(told, VARDATA_ANY(beliefs), count * sizeof(PgaRelation));
  qsort(told, count, sizeof(PgaRelation), compare_relations);
  pga_forget_relations();
  for (Size i = 0; i < count; i++) *pga_enter_relation(told[i].relation) = told[i];
  for (Size i = 0; i < count; i++)
    if (OidIsValid(told[i].candidate)) join_members(&told[i]);
  PG_RETURN_VOID();
}
