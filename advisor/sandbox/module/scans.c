/*
 * What the planner wants of each base relation, asked of the planner itself: views expanded, subqueries
 * pulled up, names resolved, constants folded. The hook writes while pgadvisor_scans() plans.
 */
#include "planner_module.h"

#include "access/sysattr.h"
#include "access/transam.h"
#include "catalog/pg_class.h"
#include "fmgr.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

static StringInfo scans = NULL; /* where to write; NULL when nobody asked */

/* Tables an index can be made on; inheritance trees at their root, arms of UNION ALL each for itself. */
static bool is_wanted(PlannerInfo* root, RelOptInfo* rel, RangeTblEntry* rte) {
  if (!scans || rte->rtekind != RTE_RELATION || rte->relid < FirstNormalObjectId || IS_DUMMY_REL(rel))
    return false;
  if (rte->relkind != RELKIND_RELATION && rte->relkind != RELKIND_MATVIEW &&
      rte->relkind != RELKIND_PARTITIONED_TABLE)
    return false;
  return rel->reloptkind == RELOPT_BASEREL ||
         (root->append_rel_array && root->append_rel_array[rel->relid] &&
          !OidIsValid(root->append_rel_array[rel->relid]->parent_reloid));
}

static Bitmapset* add_columns_of(Bitmapset* needed, List* infos, RelOptInfo* rel) {
  ListCell* cell;

  foreach (cell, infos) pull_varattnos((Node*)lfirst_node(RestrictInfo, cell)->clause, rel->relid, &needed);
  return needed;
}

/* Those that something else than the relation's own conditions needs. */
static Bitmapset* output_columns(RelOptInfo* rel) {
  Bitmapset* needed = NULL;

  for (AttrNumber number = rel->min_attr; number <= rel->max_attr; number++)
    if (!bms_is_empty(rel->attr_needed[number - rel->min_attr]))
      needed = bms_add_member(needed, number - FirstLowInvalidHeapAttributeNumber);
  /* Arms of UNION ALL have no attr_needed. */
  pull_varattnos((Node*)rel->reltarget->exprs, rel->relid, &needed);
  return add_columns_of(needed, rel->joininfo, rel);
}

/* SELECT FOR UPDATE and its kin: the row's address is needed. */
static bool is_locked(PlannerInfo* root, RelOptInfo* rel) {
  ListCell* cell;

  foreach (cell, root->rowMarks)
    if (lfirst_node(PlanRowMark, cell)->rti == rel->relid) return true;
  return false;
}

/* A whole row or a system column. */
static bool needs_heap_row(Bitmapset* needed) {
  int first = bms_next_member(needed, -1);

  return first >= 0 && first + FirstLowInvalidHeapAttributeNumber <= 0;
}

static double tuples_of(RelOptInfo* rel, RangeTblEntry* rte) {
  double tuples = rte->inh ? pga_tree_tuples(rte->relid) : rel->tuples;

  return tuples >= 0 ? tuples : rel->tuples;
}

void pga_note_scan(PlannerInfo* root, RelOptInfo* rel, Index rti, RangeTblEntry* rte) {
  Bitmapset *output, *needed;
  bool locked;

  if (!is_wanted(root, rel, rte)) return;
  output = output_columns(rel);
  needed = add_columns_of(bms_copy(output), rel->baserestrictinfo, rel);
  locked = is_locked(root, rel);
  pga_separate(scans);
  appendStringInfoChar(scans, '{');
  pga_emit_name(scans, rte->relid);
  appendStringInfo(scans, ",\"rows\":%.17g,\"tuples\":%.17g,", rel->rows, tuples_of(rel, rte));
  pga_emit_clauses(scans, root, rel, rte->relid);
  appendStringInfoChar(scans, ',');
  pga_emit_joins(scans, root, rel, rte->relid);
  appendStringInfoChar(scans, ',');
  pga_emit_orders(scans, root, rel, rte->relid);
  appendStringInfoChar(scans, ',');
  pga_emit_columns(scans, "columns", rte->relid, needed);
  appendStringInfoChar(scans, ',');
  pga_emit_columns(scans, "output", rte->relid, output);
  appendStringInfoChar(scans, ',');
  pga_emit_flag(scans, "whole_row", locked || needs_heap_row(needed));
  appendStringInfoChar(scans, ',');
  pga_emit_flag(scans, "locked", locked);
  appendStringInfoChar(scans, ',');
  pga_emit_flag(scans, "written",
                root->parse->commandType != CMD_INSERT && root->parse->resultRelation == rti);
  appendStringInfoChar(scans, '}');
}

/* pgadvisor_scans(statement int) -> text: a JSON object of scans and writes, fields as in scan.hpp. */
PG_FUNCTION_INFO_V1(pgadvisor_scans);
Datum pgadvisor_scans(PG_FUNCTION_ARGS) {
  PgaStatement* statement = pga_find_statement(PG_GETARG_INT32(0));
  const PgaVisible none = {0};
  StringInfoData out;
  PgaPowers powers;

  initStringInfo(&out);
  appendStringInfoString(&out, "{\"scans\":[");
  pga_begin_planning(statement, &powers);
  scans = &out;
  PG_TRY();
  { (void)pga_plan(statement, &none); }
  PG_FINALLY();
  { scans = NULL; }
  PG_END_TRY();
  pga_take_powers(&powers);
  appendStringInfoString(&out, "],");
  pga_emit_writes(&out, statement->queries);
  appendStringInfoChar(&out, '}');
  PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
