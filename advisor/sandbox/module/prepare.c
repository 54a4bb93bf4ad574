/* Statements that are parsed, analysed and rewritten once and planned many times. */
#include "planner_module.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "rewrite/rewriteHandler.h"
#include "storage/lmgr.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

static HTAB* statements = NULL;
static int32 last_id = 0;

PgaStatement* pga_find_statement(int32 id) {
  PgaStatement* statement = statements ? hash_search(statements, &id, HASH_FIND, NULL) : NULL;

  if (!statement)
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_PSTATEMENT), errmsg("statement %d is not prepared", id)));
  return statement;
}

static RawStmt* parse_one(const char* text) {
  List* parsed = pg_parse_query(text);

  if (list_length(parsed) != 1)
    ereport(ERROR,
            (errcode(ERRCODE_SYNTAX_ERROR), errmsg("one statement expected, found %d", list_length(parsed))));
  return linitial(parsed);
}

static Query* analyse(const char* text, Oid** types, int* count) {
  RawStmt* parsed = parse_one(text);

#if PG_VERSION_NUM >= 150000
  return parse_analyze_varparams(parsed, text, types, count, NULL);
#else
  return parse_analyze_varparams(parsed, text, types, count);
#endif
}

/*
 * A parameter that nothing gives a type ($1 IS NULL) is text, as an untyped literal in its place would be.
 * Analysis scribbles on the parse tree and knows types only at its end, hence from the text again.
 */
static Query* analyse_with_text_fallback(const char* text, Oid** types, int* count) {
  Query* query = analyse(text, types, count);
  bool unknown = false;

  for (int i = 0; i < *count; i++)
    if ((*types)[i] == UNKNOWNOID) {
      (*types)[i] = TEXTOID;
      unknown = true;
    }
  return unknown ? analyse(text, types, count) : query;
}

static PgaStatement* keep(MemoryContext context) {
  PgaStatement* statement;

  if (!statements) {
    HASHCTL control = {.keysize = sizeof(int32), .entrysize = sizeof(PgaStatement)};

    statements = hash_create("pgadvisor statements", 256, &control, HASH_ELEM | HASH_BLOBS);
  }
  last_id++;
  statement = hash_search(statements, &last_id, HASH_ENTER, NULL);
  statement->context = context;
  return statement;
}

/* pgadvisor_prepare(statement text) -> int */
PG_FUNCTION_INFO_V1(pgadvisor_prepare);
Datum pgadvisor_prepare(PG_FUNCTION_ARGS) {
  char* source = text_to_cstring(PG_GETARG_TEXT_PP(0));
  Oid* types = NULL;
  int count = 0;
  Query* query = analyse_with_text_fallback(source, &types, &count);
  MemoryContext context, caller;
  List* rewritten;
  PgaStatement kept = {0}, *statement;

  if (query->commandType == CMD_UTILITY)
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("utility statements have no plan")));
  rewritten = QueryRewrite(query);

  /* Built below the caller, so that an error frees it, and handed over only when complete. */
  context = AllocSetContextCreate(CurrentMemoryContext, "pgadvisor statement", ALLOCSET_SMALL_SIZES);
  caller = MemoryContextSwitchTo(context);
  kept.queries = copyObject(rewritten);
  kept.text = pstrdup(source);
  kept.parameter_count = count;
  if (count > 0) {
    kept.parameter_types = palloc(sizeof(Oid) * count);
    memcpy(kept.parameter_types, types, sizeof(Oid) * count);
  }
  MemoryContextSwitchTo(caller);
  statement = keep(context);
  kept.id = statement->id;
  kept.context = context;
  *statement = kept;
  MemoryContextSetParent(context, TopMemoryContext);
  PG_RETURN_INT32(kept.id);
}

/* pgadvisor_release(statement int) */
PG_FUNCTION_INFO_V1(pgadvisor_release);
Datum pgadvisor_release(PG_FUNCTION_ARGS) {
  int32 id = PG_GETARG_INT32(0);

  MemoryContextDelete(pga_find_statement(id)->context);
  hash_search(statements, &id, HASH_REMOVE, NULL);
  PG_RETURN_VOID();
}

static bool lock_walker(Node* node, void* context) {
  ListCell* cell;

  if (!node) return false;
  if (!IsA(node, Query)) return expression_tree_walker(node, lock_walker, context);
  foreach (cell, ((Query*)node)->rtable) {
    RangeTblEntry* rte = lfirst(cell);

    /* From 16 on an expanded view keeps its relid in a subquery entry. */
    if (!OidIsValid(rte->relid) || (rte->rtekind != RTE_RELATION && rte->rtekind != RTE_SUBQUERY)) continue;
    LockRelationOid(rte->relid, rte->rellockmode == NoLock ? AccessShareLock : rte->rellockmode);
    if (rte->rtekind == RTE_RELATION) pga_read_index_list(rte->relid);
  }
  return query_tree_walker((Query*)node, lock_walker, context, 0);
}

/*
 * The planner expects the rewriter's locks; they went with the transaction that prepared. As plancache.c. The
 * tables' lists of indexes are read as well: index_lists.c.
 */
void pga_lock_relations(PgaStatement* statement) {
  (void)lock_walker((Node*)statement->queries, NULL);
}
