/*
 * What a plan would cost if the probes of its nested loops shared only the pages that they read themselves.
 *
 * cost_index() divides the pages that all probes of an inner index scan read together among them, and takes
 * for their number the rows of the smallest base relation on the outer side (get_loop_count() in indxpath.c).
 * Where joins leave less of that relation's rows, fewer probes come than share the pages: 800 suppliers of
 * two nations are each charged a ten-thousandth of the table. The planner may then prefer a nested loop that
 * reads more than the plan it replaces. Here such scans are costed again, with the probes that the plan
 * itself expects. For candidates only: what is slow in today's plans is in production's times already.
 *
 * Except where a candidate on the outer side changes the order in which the probes come: in the table's own
 * order, next to each other in the inner index as well, they are cheaper than the planner knows, and in the
 * candidate's order no longer.
 */
#include "key_facts.h"

#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "utils/selfuncs.h"

static double unshared = 0; /* beyond the total cost, of the planner runs since pga_take_unshared() */

static double extra_of(PlannerInfo* root, Path* path, double times);

static double extra_of_all(PlannerInfo* root, List* paths, double times) {
  double sum = 0;
  ListCell* cell;

  foreach (cell, paths) sum += extra_of(root, lfirst(cell), times);
  return sum;
}

static bool reads_candidate(Path* path) {
  List* below = NIL;
  ListCell* cell;

  if (IsA(path, IndexPath)) {
    PgaRelation* entry = pga_find_relation(((IndexPath*)path)->indexinfo->indexoid);

    return entry && OidIsValid(entry->candidate);
  }
  if (IsA(path, BitmapAndPath)) below = ((BitmapAndPath*)path)->bitmapquals;
  if (IsA(path, BitmapOrPath)) below = ((BitmapOrPath*)path)->bitmapquals;
  foreach (cell, below)
    if (reads_candidate(lfirst(cell))) return true;
  return false;
}

static double more_of_probes(PlannerInfo* root, IndexPath* path, double times) {
  IndexPath again = *path;

  cost_index(&again, root, times, path->path.parallel_workers > 0);
  return Max(0, again.path.total_cost - path->path.total_cost) * times;
}

static double of_index_scan(PlannerInfo* root, IndexPath* path, double times) {
  if (!path->path.param_info || !reads_candidate(&path->path)) return 0;
  return more_of_probes(root, path, times);
}

static double of_bitmap_scan(PlannerInfo* root, BitmapHeapPath* path, double times) {
  BitmapHeapPath again = *path;

  if (!path->path.param_info || !reads_candidate(path->bitmapqual)) return 0;
  cost_bitmap_heap_scan(&again.path, root, path->path.parent, path->path.param_info, path->bitmapqual, times);
  return Max(0, again.path.total_cost - path->path.total_cost) * times;
}

/* The candidate in whose order a path's rows come; joins keep that of their outer side. NULL: in none. */
static IndexPath* ordered_by(Path* path) {
  switch (nodeTag(path)) {
    case T_IndexPath:
      return reads_candidate(path) ? (IndexPath*)path : NULL;
    case T_NestPath:
    case T_MergePath:
    case T_HashPath:
      return ordered_by(((JoinPath*)path)->outerjoinpath);
    case T_ProjectionPath:
      return ordered_by(((ProjectionPath*)path)->subpath);
    default:
      return NULL;
  }
}

/* Of the table's order with that of an expression's values, squared as cost_index() has it. 0: not known, or
 * of another table. */
static double correlation_squared(PlannerInfo* root, RelOptInfo* rel, Node* expression) {
  VariableStatData variable;
  double correlation = 0;

  examine_variable(root, expression, 0, &variable);
  if (variable.rel == rel && HeapTupleIsValid(variable.statsTuple))
    correlation = pga_correlation(variable.statsTuple);
  ReleaseVariableStats(variable);
  return correlation * correlation;
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

/* What the probes of an index that is there cost more, now that they come in a candidate's order. */
static double of_lost_order(PlannerInfo* root, JoinPath* path, double probes) {
  IndexPath* outer = ordered_by(path->outerjoinpath);
  IndexPath* inner = (IndexPath*)path->innerjoinpath;
  Node* value;
  TargetEntry* key;

  if (!outer || !IsA(inner, IndexPath) || !inner->path.param_info || reads_candidate(&inner->path)) return 0;
  value = looked_for(inner);
  if (!value) return 0;
  key = linitial(outer->indexinfo->indextlist);
  return more_of_probes(root, inner, probes) * correlation_squared(root, outer->path.parent, value) *
         (1 - correlation_squared(root, outer->path.parent, (Node*)key->expr));
}

static double of_join(PlannerInfo* root, JoinPath* path, double times) {
  double probes = times;
  double lost = 0;

  if (IsA(path, NestPath)) {
    probes = times * clamp_row_est(path->outerjoinpath->rows);
    lost = of_lost_order(root, path, probes);
  }
  return lost + extra_of(root, path->outerjoinpath, times) + extra_of(root, path->innerjoinpath, probes);
}

/* Only the part of the input that comes before the limit is read, as create_limit_path() has it. */
static double of_limit(PlannerInfo* root, LimitPath* path, double times) {
  double all = path->subpath->total_cost - path->subpath->startup_cost;
  double read = path->path.total_cost - path->path.startup_cost;

  return extra_of(root, path->subpath, times) * (all > 0 ? Min(1, read / all) : 1);
}

#if PG_VERSION_NUM >= 140000
/* Probes with a value that is in the cache read nothing, as cost_memoize_rescan() has it. */
static double of_memoize(PlannerInfo* root, MemoizePath* path, double times) {
#if PG_VERSION_NUM >= 190000
  double calls = path->est_calls;
#else
  double calls = path->calls;
#endif
  double missed = calls > 0 && path->est_entries > 0 ? Min(1, path->est_entries / calls) : 1;

  return extra_of(root, path->subpath, Max(1, times * missed));
}
#endif

static double of_subquery(SubqueryScanPath* path, double times) {
  return extra_of(path->path.parent->subroot, path->subpath, times);
}

static double of_writes(PlannerInfo* root, ModifyTablePath* path, double times) {
#if PG_VERSION_NUM >= 140000
  return extra_of(root, path->subpath, times);
#else
  return extra_of_all(root, path->subpaths, times);
#endif
}

/* Nodes with one input: their types differ, but all of them have it in the same place. */
#define INPUT_OF(type) \
  case T_##type:       \
    return extra_of(root, ((type*)path)->subpath, times)

/* Of a path that is executed `times` times. */
static double extra_of(PlannerInfo* root, Path* path, double times) {
  check_stack_depth();
  switch (nodeTag(path)) {
    case T_IndexPath:
      return of_index_scan(root, (IndexPath*)path, times);
    case T_BitmapHeapPath:
      return of_bitmap_scan(root, (BitmapHeapPath*)path, times);
    case T_NestPath:
    case T_MergePath:
    case T_HashPath:
      return of_join(root, (JoinPath*)path, times);
    case T_LimitPath:
      return of_limit(root, (LimitPath*)path, times);
    case T_SubqueryScanPath:
      return of_subquery((SubqueryScanPath*)path, times);
    case T_ModifyTablePath:
      return of_writes(root, (ModifyTablePath*)path, times);
    case T_AppendPath:
      return extra_of_all(root, ((AppendPath*)path)->subpaths, times);
    case T_MergeAppendPath:
      return extra_of_all(root, ((MergeAppendPath*)path)->subpaths, times);
    case T_SetOpPath:
#if PG_VERSION_NUM >= 180000
      return extra_of(root, ((SetOpPath*)path)->leftpath, times) +
             extra_of(root, ((SetOpPath*)path)->rightpath, times);
#else
      return extra_of(root, ((SetOpPath*)path)->subpath, times);
#endif
#if PG_VERSION_NUM >= 140000
    case T_MemoizePath:
      return of_memoize(root, (MemoizePath*)path, times);
#endif
      INPUT_OF(MaterialPath);
      INPUT_OF(ProjectionPath);
      INPUT_OF(ProjectSetPath);
      INPUT_OF(SortPath);
      INPUT_OF(GroupPath);
      INPUT_OF(AggPath);
      INPUT_OF(GroupingSetsPath);
      INPUT_OF(WindowAggPath);
      INPUT_OF(LockRowsPath);
      INPUT_OF(GatherPath);
      INPUT_OF(GatherMergePath);
      INPUT_OF(UniquePath);
    case T_IncrementalSortPath:
      return extra_of(root, ((IncrementalSortPath*)path)->spath.subpath, times);
    default:
      return 0;
  }
}

static Path* cheapest(RelOptInfo* rel) {
  Path* best = NULL;
  ListCell* cell;

  foreach (cell, rel->pathlist) {
    Path* path = lfirst(cell);

    if (!best || compare_path_costs(path, best, TOTAL_COST) < 0) best = path;
  }
  return best;
}

/* The planner has every path of a query; inner queries come first. Subqueries in FROM are seen in the outer
 * one's paths; CTEs and other inner queries are taken to be executed once. */
void pga_note_paths(PlannerInfo* root, RelOptInfo* final) {
  Path* best = cheapest(final);
  ListCell* cell;

  if (root->query_level > 1 || !best) return;
  unshared += extra_of(root, best, 1);
  foreach (cell, root->glob->subroots) {
    PlannerInfo* inner = lfirst(cell);
    Path* path = cheapest(fetch_upper_rel(inner, UPPERREL_FINAL, NULL));

    if (path) unshared += extra_of(inner, path, 1);
  }
}

double pga_take_unshared(void) {
  double taken = unshared;

  unshared = 0;
  return taken;
}
