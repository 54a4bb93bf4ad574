/* Walks plan trees: PostgreSQL has no walker of its own for them. */
#include "planner_module.h"

static void visit_list(List* plans, PgaVisit visit, void* context) {
  ListCell* cell;

  foreach (cell, plans) pga_visit_plan(lfirst(cell), visit, context);
}

/* Calls `visit` for a node and all below it. Subplans proper hang on the PlannedStmt: see pga_visit_all(). */
void pga_visit_plan(Plan* plan, PgaVisit visit, void* context) {
  if (!plan) return;
  check_stack_depth();
  visit(plan, context);
  if (IsA(plan, BitmapAnd)) visit_list(((BitmapAnd*)plan)->bitmapplans, visit, context);
  if (IsA(plan, BitmapOr)) visit_list(((BitmapOr*)plan)->bitmapplans, visit, context);
  if (IsA(plan, Append)) visit_list(((Append*)plan)->appendplans, visit, context);
  if (IsA(plan, MergeAppend)) visit_list(((MergeAppend*)plan)->mergeplans, visit, context);
  if (IsA(plan, SubqueryScan)) pga_visit_plan(((SubqueryScan*)plan)->subplan, visit, context);
  if (IsA(plan, CustomScan)) visit_list(((CustomScan*)plan)->custom_plans, visit, context);
#if PG_VERSION_NUM < 140000
  if (IsA(plan, ModifyTable)) visit_list(((ModifyTable*)plan)->plans, visit, context);
#endif
  pga_visit_plan(plan->lefttree, visit, context);
  pga_visit_plan(plan->righttree, visit, context);
}

void pga_visit_all(PlannedStmt* statement, PgaVisit visit, void* context) {
  pga_visit_plan(statement->planTree, visit, context);
  visit_list(statement->subplans, visit, context);
}
