/* Planner runs, and what they cost under many sets of visible candidates. */
#include "planner_module.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "parser/parsetree.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

static List* plan_queries(PgaStatement* statement) {
  List* plans = NIL;
  ListCell* cell;

  foreach (cell, statement->queries) {
    Query* query = lfirst_node(Query, cell);

    if (query->commandType == CMD_UTILITY) continue; /* NOTIFY of a rule */
    plans = lappend(plans, pg_plan_query(copyObject(query), statement->text, CURSOR_OPT_PARALLEL_OK, NULL));
  }
  return plans;
}

/* Gives up powers and locks what the runs of one call need: see pga_plan(). */
void pga_begin_planning(PgaStatement* statement, PgaPowers* powers) {
  pga_lock_relations(statement);
  pga_drop_powers(powers);
}

/*
 * One planner run, after pga_begin_planning() and before pga_take_powers(): a PlannedStmt for each query the
 * statement was rewritten to, in this memory context.
 */
List* pga_plan(PgaStatement* statement, const PgaVisible* visible) {
  List* plans = NIL;

  pga_show(visible);
  (void)pga_take_overlooked(); /* of a run that failed */
  PG_TRY();
  {
    pga_update_index_lists(visible);
    plans = plan_queries(statement);
  }
  PG_FINALLY();
  { pga_show(NULL); }
  PG_END_TRY();
  return plans;
}

static int compare_oids(const void* a, const void* b) {
  Oid x = *(const Oid*)a, y = *(const Oid*)b;

  return x < y ? -1 : x > y;
}

void pga_read_visible(PgaVisible* visible, const Datum* oids, int count) {
  visible->count = count;
  visible->candidates = palloc(sizeof(Oid) * Max(count, 1));
  for (int i = 0; i < count; i++) visible->candidates[i] = DatumGetObjectId(oids[i]);
  qsort(visible->candidates, count, sizeof(Oid), compare_oids);
}

/* What a plan reads, by OIDs. */
typedef struct Reads {
  List* range_table; /* of the PlannedStmt */
  List* indexes;
  List* sequential; /* tables read by a sequential scan */
} Reads;

/* Adds what a plan node reads. */
static void add_read(Plan* plan, void* context) {
  Reads* reads = context;
  List** used = &reads->indexes;

  if (IsA(plan, SeqScan)) {
    Index relation = ((Scan*)plan)->scanrelid;

    reads->sequential =
        list_append_unique_oid(reads->sequential, rt_fetch(relation, reads->range_table)->relid);
  }
  if (IsA(plan, IndexScan)) *used = list_append_unique_oid(*used, ((IndexScan*)plan)->indexid);
  if (IsA(plan, IndexOnlyScan)) *used = list_append_unique_oid(*used, ((IndexOnlyScan*)plan)->indexid);
  if (IsA(plan, BitmapIndexScan)) *used = list_append_unique_oid(*used, ((BitmapIndexScan*)plan)->indexid);
}

static void emit_reads(StringInfo out, const Reads* reads) {
  List* candidates = NIL;
  ListCell* cell;
  const char* separator = "";

  appendStringInfoString(out, ",\"existing\":[");
  foreach (cell, reads->indexes) {
    PgaRelation* entry = pga_find_relation(lfirst_oid(cell));

    if (entry && OidIsValid(entry->candidate)) {
      candidates = list_append_unique_oid(candidates, entry->candidate);
      continue;
    }
    appendStringInfoString(out, separator);
    escape_json(out, psprintf("%s.%s", get_namespace_name(get_rel_namespace(lfirst_oid(cell))),
                              get_rel_name(lfirst_oid(cell))));
    separator = ",";
  }
  appendStringInfoString(out, "],\"candidates\":[");
  separator = "";
  foreach (cell, candidates) {
    appendStringInfo(out, "%s%u", separator, lfirst_oid(cell));
    separator = ",";
  }
  appendStringInfoString(out, "],\"sequential\":[");
  separator = "";
  foreach (cell, reads->sequential) {
    appendStringInfoString(out, separator);
    appendStringInfoString(out, "{\"schema\":");
    escape_json(out, get_namespace_name(get_rel_namespace(lfirst_oid(cell))));
    appendStringInfoString(out, ",\"table\":");
    escape_json(out, get_rel_name(lfirst_oid(cell)));
    appendStringInfoChar(out, '}');
    separator = ",";
  }
  appendStringInfoString(out, "]}");
}

static void emit_cost(StringInfo out, List* plans) {
  double total = 0, rows = 0;
  Reads reads = {0};
  ListCell* cell;

  foreach (cell, plans) {
    PlannedStmt* plan = lfirst_node(PlannedStmt, cell);

    total += plan->planTree->total_cost;
    if (plan->canSetTag || list_length(plans) == 1) rows = plan->planTree->plan_rows;
    reads.range_table = plan->rtable;
    pga_visit_all(plan, add_read, &reads);
  }
  appendStringInfo(out, "{\"total\":%.17g,\"expected\":%.17g,\"rows\":%.17g", total,
                   total + pga_take_overlooked(), rows);
  emit_reads(out, &reads);
}

/*
 * pgadvisor_costs(statement int, candidates oid[], lengths int[]) -> text
 *
 * `candidates` holds one configuration after the other, `lengths` says how many each has. The answer is a
 * JSON array with an object for each: total cost as EXPLAIN shows it at the top (summed over the queries of a
 * rule), the same with what the planner overlooks (probes.c), rows, the indexes in the plan, as candidates or
 * by name, and the tables that it reads by sequential scans.
 */
PG_FUNCTION_INFO_V1(pgadvisor_costs);
Datum pgadvisor_costs(PG_FUNCTION_ARGS) {
  PgaStatement* statement = pga_find_statement(PG_GETARG_INT32(0));
  Datum *oids, *lengths;
  int oid_count, runs, next = 0;
  StringInfoData out;
  PgaPowers powers;
  MemoryContext caller = CurrentMemoryContext,
                scratch = AllocSetContextCreate(caller, "pgadvisor what-if", ALLOCSET_DEFAULT_SIZES);

  deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), OIDOID, sizeof(Oid), true, TYPALIGN_INT, &oids, NULL,
                    &oid_count);
  deconstruct_array(PG_GETARG_ARRAYTYPE_P(2), INT4OID, sizeof(int32), true, TYPALIGN_INT, &lengths, NULL,
                    &runs);
  initStringInfo(&out);
  appendStringInfoChar(&out, '[');
  pga_begin_planning(statement, &powers);
  for (int run = 0; run < runs; run++) {
    int length = DatumGetInt32(lengths[run]);
    PgaVisible visible;

    CHECK_FOR_INTERRUPTS();
    if (length < 0 || length > oid_count - next)
      ereport(ERROR,
              (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("configuration %d has a wrong length", run)));
    MemoryContextReset(scratch);
    MemoryContextSwitchTo(scratch);
    pga_read_visible(&visible, oids + next, length);
    next += length;
    if (run > 0) appendStringInfoChar(&out, ',');
    emit_cost(&out, pga_plan(statement, &visible));
    MemoryContextSwitchTo(caller);
  }
  pga_take_powers(&powers);
  appendStringInfoChar(&out, ']');
  MemoryContextDelete(scratch);
  PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
