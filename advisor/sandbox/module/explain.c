/* EXPLAIN (FORMAT JSON) of a prepared statement under a set of visible candidates. */
#include "planner_module.h"

#include "catalog/pg_type.h"
#include "commands/explain.h"
#if PG_VERSION_NUM >= 180000
#include "commands/explain_format.h"
#include "commands/explain_state.h"
#endif
#include "fmgr.h"
#include "jit/jit.h"
#include "utils/builtins.h"

/* Executor start looks parameters up by type; their values are not asked for. */
static ParamListInfo null_parameters(PgaStatement* statement) {
  ParamListInfo parameters = makeParamList(statement->parameter_count);

  for (int i = 0; i < statement->parameter_count; i++) {
    parameters->params[i].value = (Datum)0;
    parameters->params[i].isnull = true;
    parameters->params[i].pflags = 0;
    parameters->params[i].ptype = statement->parameter_types[i];
  }
  return parameters;
}

/*
 * Without values, pruning at executor start would prune every partition (key = NULL) and EXPLAIN would show
 * none of them. As EXPLAIN (GENERIC_PLAN) of 16 and later: all stay.
 */
static void keep_partitions_of(Plan* plan, void* context) {
#if PG_VERSION_NUM >= 180000
  if (IsA(plan, Append)) ((Append*)plan)->part_prune_index = -1;
  if (IsA(plan, MergeAppend)) ((MergeAppend*)plan)->part_prune_index = -1;
#else
  if (IsA(plan, Append)) ((Append*)plan)->part_prune_info = NULL;
  if (IsA(plan, MergeAppend)) ((MergeAppend*)plan)->part_prune_info = NULL;
#endif
}

static void keep_partitions(PlannedStmt* plan) {
  pga_visit_all(plan, keep_partitions_of, NULL);
#if PG_VERSION_NUM >= 180000
  plan->partPruneInfos = NIL;
  plan->unprunableRelids = bms_add_range(NULL, 1, list_length(plan->rtable));
#endif
}

static void explain_one(ExplainState* state, PgaStatement* statement, PlannedStmt* plan,
                        ParamListInfo parameters) {
  plan->jitFlags = PGJIT_NONE; /* nothing will run: do not load LLVM for it */
  if (statement->parameter_count > 0) keep_partitions(plan);
#if PG_VERSION_NUM >= 170000
  ExplainOnePlan(plan, NULL, state, statement->text, parameters, NULL, NULL, NULL, NULL);
#else
  ExplainOnePlan(plan, NULL, state, statement->text, parameters, NULL, NULL, NULL);
#endif
}

/* pgadvisor_explain(statement int, candidates oid[]) -> text */
PG_FUNCTION_INFO_V1(pgadvisor_explain);
Datum pgadvisor_explain(PG_FUNCTION_ARGS) {
  PgaStatement* statement = pga_find_statement(PG_GETARG_INT32(0));
  ParamListInfo parameters = null_parameters(statement);
  ExplainState* state = NewExplainState();
  Datum* oids;
  int count;
  PgaVisible visible;
  PgaPowers powers;
  List* plans;
  ListCell* cell;

  deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), OIDOID, sizeof(Oid), true, TYPALIGN_INT, &oids, NULL, &count);
  pga_read_visible(&visible, oids, count);
  state->format = EXPLAIN_FORMAT_JSON;
  state->costs = true;
  pga_begin_planning(statement, &powers);
  plans = pga_plan(statement, &visible);
  ExplainBeginOutput(state);
  foreach (cell, plans) explain_one(state, statement, lfirst_node(PlannedStmt, cell), parameters);
  pga_take_powers(&powers);
  ExplainEndOutput(state);
  PG_RETURN_TEXT_P(cstring_to_text_with_len(state->str->data, state->str->len));
}
