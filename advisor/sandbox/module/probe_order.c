/*
 * The order in which the probes of a nested loop come. In that of the table which the probed values are of
 * they read an inner index that has the same order page after page. Where a candidate is read in the table's
 * stead they come in the candidate's order, and that is lost.
 */
#include "key_facts.h"

#include "access/stratnum.h"
#include "catalog/pg_am.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

bool pga_reads_candidate(Path* path) {
  List* below = NIL;
  ListCell* cell;

  if (IsA(path, IndexPath)) {
    PgaRelation* entry = pga_find_relation(((IndexPath*)path)->indexinfo->indexoid);

    return entry && OidIsValid(entry->candidate);
  }
  if (IsA(path, BitmapHeapPath)) return pga_reads_candidate(((BitmapHeapPath*)path)->bitmapqual);
  if (IsA(path, BitmapAndPath)) below = ((BitmapAndPath*)path)->bitmapquals;
  if (IsA(path, BitmapOrPath)) below = ((BitmapOrPath*)path)->bitmapquals;
  foreach (cell, below)
    if (pga_reads_candidate(lfirst(cell))) return true;
  return false;
}

/* The scan of a relation within a path that keeps the order in which it reads: joins keep that of their outer
 * side, and for each of its rows a nested loop reads its inner one. NULL: none does. */
static Path* scan_of(Path* path, RelOptInfo* rel) {
  Path* outer;

  switch (nodeTag(path)) {
    case T_IndexPath:
    case T_BitmapHeapPath:
      return path->parent == rel ? path : NULL;
    case T_Path:
      return path->parent == rel && path->pathtype == T_SeqScan ? path : NULL;
    case T_HashPath:
      return scan_of(((JoinPath*)path)->outerjoinpath, rel);
    case T_NestPath:
    case T_MergePath:
      outer = scan_of(((JoinPath*)path)->outerjoinpath, rel);
      return outer ? outer : scan_of(((JoinPath*)path)->innerjoinpath, rel);
    case T_ProjectionPath:
      return scan_of(((ProjectionPath*)path)->subpath, rel);
    default:
      return NULL;
  }
}

static bool is_equality(IndexPath* path, IndexClause* entry) {
  Expr* clause = entry->rinfo->clause;

  return path->indexinfo->relam == BTREE_AM_OID && is_opclause(clause) &&
         get_op_opfamily_strategy(((OpExpr*)clause)->opno, path->indexinfo->opfamily[entry->indexcol]) ==
             BTEqualStrategyNumber;
}

static bool has_one_value(IndexPath* path, int column) {
  ListCell* cell;

  foreach (cell, path->indexclauses) {
    IndexClause* entry = lfirst(cell);

    if (entry->indexcol == column && is_equality(path, entry)) return true;
  }
  return false;
}

static Node* column_of(IndexPath* path, int column) {
  return (Node*)list_nth_node(TargetEntry, path->indexinfo->indextlist, column)->expr;
}

/* What the rows of a scan are sorted by, from its beginning to its end. NULL: by their place in the table, as
 * entries of one key are; but not where a scan is begun again and again. */
static Node* sorted_by(Path* path) {
  IndexPath* index = (IndexPath*)path;
  int column = 0;

  if (IsA(path, BitmapHeapPath)) {
    index = (IndexPath*)((BitmapHeapPath*)path)->bitmapqual;
    if (!path->param_info) return NULL;
  }
  if (!IsA(index, IndexPath)) return NULL;
  if (!path->param_info)
    while (column < index->indexinfo->nkeycolumns && has_one_value(index, column)) column++;
  return column < index->indexinfo->nkeycolumns ? column_of(index, column) : NULL;
}

/* What an index scan looks for in its first column, where that is the value of one expression. */
static Node* looked_for(IndexPath* path) {
  ListCell* cell;

  foreach (cell, path->indexclauses) {
    IndexClause* entry = lfirst(cell);
    Expr* clause = entry->rinfo->clause;

    if (entry->indexcol != 0 || !is_opclause(clause) || list_length(((OpExpr*)clause)->args) != 2) continue;
    if (bms_is_subset(entry->rinfo->left_relids, path->path.parent->relids)) return get_rightop(clause);
    return get_leftop(clause);
  }
  return NULL;
}

/* Of the order of an expression's values with that of the table that they are of, squared as cost_index() has
 * it. 0: not known. */
static double correlation_squared(PlannerInfo* root, Node* expression) {
  VariableStatData variable;
  double correlation = 0;

  examine_variable(root, expression, 0, &variable);
  if (HeapTupleIsValid(variable.statsTuple)) correlation = pga_correlation(variable.statsTuple);
  ReleaseVariableStats(variable);
  return correlation * correlation;
}

static RelOptInfo* find_only_relation(PlannerInfo* root, Node* expression) {
  int relid;

  return bms_get_singleton_member(pga_relations_of(root, expression), &relid) ? find_base_rel(root, relid)
                                                                              : NULL;
}

/* Rows are next to each other as keys are, or none is read. */
static double follows_its_keys(PlannerInfo* root, IndexPath* probes) {
  return probes->path.pathtype == T_IndexOnlyScan ? 1 : correlation_squared(root, column_of(probes, 0));
}

PgaProbeOrder pga_order_of_probes(PlannerInfo* root, Path* outer, IndexPath* probes) {
  Node* value = looked_for(probes);
  RelOptInfo* rel = value ? find_only_relation(root, value) : NULL;
  Path* scan = rel ? scan_of(outer, rel) : NULL;
  Node* key = scan ? sorted_by(scan) : NULL;
  PgaProbeOrder order = {0};
  double common;

  if (!scan) return order;
  if (key && !scan->param_info && equal(pga_strip(key), pga_strip(value))) {
    order.kept = follows_its_keys(root, probes);
    return order;
  }
  common = correlation_squared(root, value) * follows_its_keys(root, probes);
  order.kept = key ? common * correlation_squared(root, key) : common;
  if (pga_reads_candidate(scan)) order.lost = common - order.kept;
  return order;
}
