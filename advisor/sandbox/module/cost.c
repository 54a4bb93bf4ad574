/* Planner runs, and what they cost under many sets of visible candidates. */
#include "planner_module.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "tcop/tcopprot.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

/*
 * Constant folding runs functions of the monitored database. They may do what they like as this role, which reads and
 * writes rows of an empty database and owns nothing; without it (before 14) they run as the session's user.
 */
#define PLANNER_ROLE "pgadvisor_planner"

static List *
plan_queries(PgaStatement *statement)
{
	List	   *plans = NIL;
	ListCell   *cell;

	foreach(cell, statement->queries)
	{
		Query	   *query = lfirst_node(Query, cell);

		if (query->commandType == CMD_UTILITY)
			continue;			/* NOTIFY of a rule */
		plans = lappend(plans, pg_plan_query(copyObject(query), statement->text, CURSOR_OPT_PARALLEL_OK, NULL));
	}
	return plans;
}

/* One planner run: a PlannedStmt for each query the statement was rewritten to, in the current memory context. */
List *
pga_plan(PgaStatement *statement, const PgaVisible *visible)
{
	List	   *plans = NIL;
	Oid			role = get_role_oid(PLANNER_ROLE, true),
				user;
	int			security,
				nest = NewGUCNestLevel();

	pga_lock_relations(statement);
	/* An error ends the transaction, which restores the user and the settings; the visible set is ours to restore. */
	GetUserIdAndSecContext(&user, &security);
	if (OidIsValid(role))
		SetUserIdAndSecContext(role, security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
	pga_show(visible);
	PG_TRY();
	{
		plans = plan_queries(statement);
	}
	PG_FINALLY();
	{
		pga_show(NULL);
	}
	PG_END_TRY();
	AtEOXact_GUC(false, nest);
	SetUserIdAndSecContext(user, security);
	return plans;
}

static int
compare_oids(const void *a, const void *b)
{
	Oid			x = *(const Oid *) a,
				y = *(const Oid *) b;

	return x < y ? -1 : x > y;
}

void
pga_read_visible(PgaVisible *visible, const Datum *oids, int count)
{
	visible->count = count;
	visible->candidates = palloc(sizeof(Oid) * Max(count, 1));
	for (int i = 0; i < count; i++)
		visible->candidates[i] = DatumGetObjectId(oids[i]);
	qsort(visible->candidates, count, sizeof(Oid), compare_oids);
}

static List *used_in_plan(List *used, Plan *plan);

static List *
used_in_list(List *used, List *plans)
{
	ListCell   *cell;

	foreach(cell, plans)
		used = used_in_plan(used, lfirst(cell));
	return used;
}

/* Adds the indexes of a plan tree. Subplans hang on the PlannedStmt, except those of Append and the like. */
static List *
used_in_plan(List *used, Plan *plan)
{
	if (!plan)
		return used;
	check_stack_depth();
	switch (nodeTag(plan))
	{
		case T_IndexScan:
			used = list_append_unique_oid(used, ((IndexScan *) plan)->indexid);
			break;
		case T_IndexOnlyScan:
			used = list_append_unique_oid(used, ((IndexOnlyScan *) plan)->indexid);
			break;
		case T_BitmapIndexScan:
			used = list_append_unique_oid(used, ((BitmapIndexScan *) plan)->indexid);
			break;
		case T_BitmapAnd:
			used = used_in_list(used, ((BitmapAnd *) plan)->bitmapplans);
			break;
		case T_BitmapOr:
			used = used_in_list(used, ((BitmapOr *) plan)->bitmapplans);
			break;
		case T_Append:
			used = used_in_list(used, ((Append *) plan)->appendplans);
			break;
		case T_MergeAppend:
			used = used_in_list(used, ((MergeAppend *) plan)->mergeplans);
			break;
		case T_SubqueryScan:
			used = used_in_plan(used, ((SubqueryScan *) plan)->subplan);
			break;
		case T_CustomScan:
			used = used_in_list(used, ((CustomScan *) plan)->custom_plans);
			break;
#if PG_VERSION_NUM < 140000
		case T_ModifyTable:
			used = used_in_list(used, ((ModifyTable *) plan)->plans);
			break;
#endif
		default:
			break;
	}
	return used_in_plan(used_in_plan(used, plan->lefttree), plan->righttree);
}

static void
emit_used(StringInfo out, List *used)
{
	List	   *candidates = NIL;
	ListCell   *cell;
	const char *separator = "";

	appendStringInfoString(out, ",\"existing\":[");
	foreach(cell, used)
	{
		PgaRelation *entry = pga_find_relation(lfirst_oid(cell));

		if (entry && OidIsValid(entry->candidate))
		{
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
	foreach(cell, candidates)
	{
		appendStringInfo(out, "%s%u", separator, lfirst_oid(cell));
		separator = ",";
	}
	appendStringInfoString(out, "]}");
}

static void
emit_cost(StringInfo out, List *plans)
{
	double		total = 0,
				rows = 0;
	List	   *used = NIL;
	ListCell   *cell;

	foreach(cell, plans)
	{
		PlannedStmt *plan = lfirst_node(PlannedStmt, cell);

		total += plan->planTree->total_cost;
		if (plan->canSetTag || list_length(plans) == 1)
			rows = plan->planTree->plan_rows;
		used = used_in_list(used_in_plan(used, plan->planTree), plan->subplans);
	}
	appendStringInfo(out, "{\"total\":%.17g,\"rows\":%.17g", total, rows);
	emit_used(out, used);
}

/*
 * pgadvisor_costs(statement int, candidates oid[], lengths int[]) -> text
 *
 * `candidates` holds one configuration after the other, `lengths` says how many each has. The answer is a JSON array with
 * an object for each: total cost as EXPLAIN shows it at the top (summed over the queries of a rule), rows, and the indexes
 * in the plan, as candidates or by name.
 */
PG_FUNCTION_INFO_V1(pgadvisor_costs);
Datum
pgadvisor_costs(PG_FUNCTION_ARGS)
{
	PgaStatement *statement = pga_find_statement(PG_GETARG_INT32(0));
	Datum	   *oids,
			   *lengths;
	int			oid_count,
				runs,
				next = 0;
	StringInfoData out;
	MemoryContext caller = CurrentMemoryContext,
				scratch = AllocSetContextCreate(caller, "pgadvisor what-if", ALLOCSET_DEFAULT_SIZES);

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), OIDOID, sizeof(Oid), true, TYPALIGN_INT, &oids, NULL, &oid_count);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(2), INT4OID, sizeof(int32), true, TYPALIGN_INT, &lengths, NULL, &runs);
	initStringInfo(&out);
	appendStringInfoChar(&out, '[');
	for (int run = 0; run < runs; run++)
	{
		int			length = DatumGetInt32(lengths[run]);
		PgaVisible	visible;

		CHECK_FOR_INTERRUPTS();
		if (length < 0 || length > oid_count - next)
			ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("configuration %d has a wrong length", run)));
		MemoryContextReset(scratch);
		MemoryContextSwitchTo(scratch);
		pga_read_visible(&visible, oids + next, length);
		next += length;
		if (run > 0)
			appendStringInfoChar(&out, ',');
		emit_cost(&out, pga_plan(statement, &visible));
		MemoryContextSwitchTo(caller);
	}
	appendStringInfoChar(&out, ']');
	MemoryContextDelete(scratch);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
