/* Candidates: real, empty indexes that only planner runs with them in their configuration see. */
#include "planner_module.h"

#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "fmgr.h"
#include "storage/lmgr.h"
#include "tcop/dest.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

static IndexStmt* parse_index(const char* text) {
  List* parsed = pg_parse_query(text);
  IndexStmt* statement;

  if (list_length(parsed) != 1 || !IsA(linitial_node(RawStmt, parsed)->stmt, IndexStmt))
    ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("one CREATE INDEX statement expected")));
  statement = (IndexStmt*)linitial_node(RawStmt, parsed)->stmt;
  statement->concurrent = false;
  statement->if_not_exists = false;
  statement->tableSpace = NULL; /* production's are not here, and size and cost do not depend on them */
  return statement;
}

/* Creates one index on `table`, which is no partitioned table; `name` NULL: PostgreSQL's choice of words. */
static Oid create_on(Oid table, IndexStmt* pattern, const char* name, const char* text) {
  IndexStmt* statement = copyObject(pattern);
  PlannedStmt* wrapper = makeNode(PlannedStmt);
  Oid schema = get_rel_namespace(table);

  statement->relation->catalogname = NULL;
  statement->relation->schemaname = get_namespace_name(schema);
  statement->relation->relname = get_rel_name(table);
  statement->idxname =
      name ? pstrdup(name) : ChooseRelationName(get_rel_name(table), pattern->idxname, "idx", schema, false);
  wrapper->commandType = CMD_UTILITY;
  wrapper->utilityStmt = (Node*)statement;
  wrapper->stmt_location = -1;
  /* As a subcommand: no event trigger of the monitored database fires. */
#if PG_VERSION_NUM >= 140000
  ProcessUtility(wrapper, text, false, PROCESS_UTILITY_SUBCOMMAND, NULL, NULL, None_Receiver, NULL);
#else
  ProcessUtility(wrapper, text, PROCESS_UTILITY_SUBCOMMAND, NULL, NULL, None_Receiver, NULL);
#endif
  CommandCounterIncrement();
  return get_relname_relid(statement->idxname, schema);
}

static List* create_on_partitions(Oid root, IndexStmt* pattern, const char* text) {
  List* created = NIL;
  ListCell* cell;

  foreach (cell, find_all_inheritors(root, ShareLock, NULL))
    if (get_rel_relkind(lfirst_oid(cell)) == RELKIND_RELATION)
      created = lappend_oid(created, create_on(lfirst_oid(cell), pattern, NULL, text));
  if (created == NIL)
    ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
                    errmsg("partitioned table \"%s\" has no partitions to index", get_rel_name(root))));
  return created;
}

/* Every index knows its own table; the first one knows the others. */
static void register_candidate(Oid asked, List* indexes) {
  Oid candidate = linitial_oid(indexes);
  MemoryContext caller;
  ListCell* cell;

  foreach (cell, indexes) {
    PgaRelation* entry = pga_enter_relation(lfirst_oid(cell));

    entry->sized = false;
    entry->candidate = candidate;
    entry->table = IndexGetRelation(lfirst_oid(cell), false);
    entry->asked = asked;
    entry->members = NIL;
  }
  caller = MemoryContextSwitchTo(TopMemoryContext);
  pga_find_relation(candidate)->members = list_copy(indexes);
  MemoryContextSwitchTo(caller);
}

static Oid create_candidate(const char* create_index) {
  IndexStmt* statement = parse_index(create_index);
  Oid table = RangeVarGetRelid(statement->relation, ShareLock, false);
  List* indexes;

  if (get_rel_relkind(table) == RELKIND_PARTITIONED_TABLE)
    indexes = create_on_partitions(table, statement, create_index);
  else
    indexes = list_make1_oid(create_on(table, statement, statement->idxname, create_index));
  register_candidate(table, indexes);
  return linitial_oid(indexes);
}

/* pgadvisor_create_candidate(create_index text) -> oid: of the first index made, which names the candidate.
 */
PG_FUNCTION_INFO_V1(pgadvisor_create_candidate);
Datum pgadvisor_create_candidate(PG_FUNCTION_ARGS) {
  PG_RETURN_OID(create_candidate(text_to_cstring(PG_GETARG_TEXT_PP(0))));
}

/* InvalidOid when PostgreSQL refuses the definition; what was done for it is undone then. */
static Oid try_create_candidate(const char* create_index) {
  MemoryContext caller = CurrentMemoryContext;
  ResourceOwner owner = CurrentResourceOwner;
  volatile Oid created = InvalidOid;

  BeginInternalSubTransaction(NULL);
  MemoryContextSwitchTo(caller);
  PG_TRY();
  {
    created = create_candidate(create_index);
    ReleaseCurrentSubTransaction();
  }
  PG_CATCH();
  {
    ErrorData* error;

    MemoryContextSwitchTo(caller);
    error = CopyErrorData();
    FlushErrorState();
    RollbackAndReleaseCurrentSubTransaction();
    if (error->sqlerrcode == ERRCODE_QUERY_CANCELED) ReThrowError(error);
  }
  PG_END_TRY();
  MemoryContextSwitchTo(caller);
  CurrentResourceOwner = owner;
  return created;
}

/* pgadvisor_create_candidates(create_index text[]) -> oid[]: 0 for what PostgreSQL refuses. */
PG_FUNCTION_INFO_V1(pgadvisor_create_candidates);
Datum pgadvisor_create_candidates(PG_FUNCTION_ARGS) {
  MemoryContext caller = CurrentMemoryContext,
                scratch = AllocSetContextCreate(caller, "pgadvisor candidate", ALLOCSET_DEFAULT_SIZES);
  Datum *texts, *created;
  int count;

  deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), TEXTOID, -1, false, TYPALIGN_INT, &texts, NULL, &count);
  created = palloc(sizeof(Datum) * Max(count, 1));
  for (int i = 0; i < count; i++) {
    MemoryContextReset(scratch);
    MemoryContextSwitchTo(scratch);
    created[i] = ObjectIdGetDatum(try_create_candidate(TextDatumGetCString(texts[i])));
    MemoryContextSwitchTo(caller);
  }
  MemoryContextDelete(scratch);
  PG_RETURN_ARRAYTYPE_P(construct_array(created, count, OIDOID, sizeof(Oid), true, TYPALIGN_INT));
}

static PgaRelation* find_candidate(Oid candidate) {
  PgaRelation* entry = pga_find_relation(candidate);

  if (!entry || entry->candidate != candidate)
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("index %u is no candidate", candidate)));
  return entry;
}

/* pgadvisor_drop_candidate(candidate oid) */
PG_FUNCTION_INFO_V1(pgadvisor_drop_candidate);
Datum pgadvisor_drop_candidate(PG_FUNCTION_ARGS) {
  List* members = find_candidate(PG_GETARG_OID(0))->members;
  ListCell* cell;

  foreach (cell, members) {
    ObjectAddress index = {.classId = RelationRelationId, .objectId = lfirst_oid(cell)};
    Oid table = IndexGetRelation(index.objectId, true);

    if (!OidIsValid(table)) continue; /* its table went */
    LockRelationOid(table, AccessExclusiveLock);
    LockRelationOid(index.objectId, AccessExclusiveLock);
    performDeletion(&index, DROP_RESTRICT, 0);
  }
  foreach (cell, members) pga_forget_relation(lfirst_oid(cell));
  list_free(members);
  PG_RETURN_VOID();
}

/* pgadvisor_candidate_table(candidate oid) -> oid: the table named in CREATE INDEX, partitioned or not. */
PG_FUNCTION_INFO_V1(pgadvisor_candidate_table);
Datum pgadvisor_candidate_table(PG_FUNCTION_ARGS) {
  PG_RETURN_OID(find_candidate(PG_GETARG_OID(0))->asked);
}

/*
 * pgadvisor_forget_relations(): what the session's caches hold of relations is read again when it is needed.
 * They never shrink by themselves, and every candidate that was made is in them.
 */
PG_FUNCTION_INFO_V1(pgadvisor_forget_relations);
Datum pgadvisor_forget_relations(PG_FUNCTION_ARGS) {
  InvalidateSystemCaches();
  PG_RETURN_VOID();
}
