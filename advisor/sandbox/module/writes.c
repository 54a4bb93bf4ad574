/* The write side of a statement: targets of INSERT, UPDATE, DELETE and MERGE, in data-modifying CTEs too. */
#include "planner_module.h"

#include "access/sysattr.h"
#include "nodes/nodeFuncs.h"
#include "parser/parsetree.h"

static Bitmapset* add_targets(Bitmapset* columns, List* targets) {
  ListCell* cell;

  foreach (cell, targets) {
    TargetEntry* target = lfirst_node(TargetEntry, cell);

    if (!target->resjunk && target->resno > 0)
      columns = bms_add_member(columns, target->resno - FirstLowInvalidHeapAttributeNumber);
  }
  return columns;
}

/* "arbiter":[...]: the expressions of ON CONFLICT (...). */
static void emit_arbiter(StringInfo out, Oid relid, int varno, OnConflictExpr* conflict) {
  ListCell* cell;

  appendStringInfoString(out, "\"arbiter\":[");
  foreach (cell, conflict ? conflict->arbiterElems : NIL) {
    Node* expr = pga_strip((Node*)lfirst_node(InferenceElem, cell)->expr);
    PgaTerm term = {0};

    if (IsA(expr, Var))
      term.column = ((Var*)expr)->varattno;
    else
      term.expression = pga_deparse(varno, relid, expr);
    pga_separate(out);
    appendStringInfoChar(out, '{');
    pga_emit_term(out, relid, &term);
    appendStringInfoChar(out, '}');
  }
  appendStringInfoChar(out, ']');
}

static void emit_write(StringInfo out, Query* query, char command, Oid relid, Bitmapset* columns) {
  pga_separate(out);
  appendStringInfo(out, "{\"command\":\"%c\",", command);
  pga_emit_name(out, relid);
  appendStringInfoChar(out, ',');
  pga_emit_columns(out, "columns", relid, columns);
  appendStringInfoChar(out, ',');
  emit_arbiter(out, relid, query->resultRelation, query->onConflict);
  appendStringInfoChar(out, '}');
}

#if PG_VERSION_NUM >= 150000
static Bitmapset* merge_columns(Query* query) {
  Bitmapset* columns = NULL;
  ListCell* cell;

  foreach (cell, query->mergeActionList)
    if (lfirst_node(MergeAction, cell)->commandType == CMD_UPDATE)
      columns = add_targets(columns, lfirst_node(MergeAction, cell)->targetList);
  return columns;
}
#endif

static void emit_query(StringInfo out, Query* query) {
  Oid relid;

  if (query->resultRelation <= 0) return;
  relid = rt_fetch(query->resultRelation, query->rtable)->relid;
  switch (query->commandType) {
    case CMD_INSERT:
      emit_write(out, query, 'i', relid, NULL);
      if (query->onConflict && query->onConflict->action == ONCONFLICT_UPDATE)
        emit_write(out, query, 'u', relid, add_targets(NULL, query->onConflict->onConflictSet));
      break;
    case CMD_UPDATE:
      emit_write(out, query, 'u', relid, add_targets(NULL, query->targetList));
      break;
    case CMD_DELETE:
      emit_write(out, query, 'd', relid, NULL);
      break;
#if PG_VERSION_NUM >= 150000
    case CMD_MERGE:
      emit_write(out, query, 'm', relid, merge_columns(query));
      break;
#endif
    default:
      break;
  }
}

static bool write_walker(Node* node, void* context) {
  if (!node) return false;
  if (!IsA(node, Query)) return expression_tree_walker(node, write_walker, context);
  emit_query(context, (Query*)node);
  return query_tree_walker((Query*)node, write_walker, context, 0);
}

/* "writes":[...] */
void pga_emit_writes(StringInfo out, List* queries) {
  appendStringInfoString(out, "\"writes\":[");
  (void)write_walker((Node*)queries, out);
  appendStringInfoChar(out, ']');
}
