/*
 * What plans are expected to cost beyond their total cost: what the planner overlooks of nested loops'
 * probes.
 *
 * cost_index() divides the pages that all probes of an inner index scan read together among them, and takes
 * for their number the rows of the smallest base relation on the outer side (get_loop_count() in indxpath.c).
 * Where joins leave less of that relation's rows, fewer probes come than share the pages: 800 suppliers of
 * two nations are each charged a ten-thousandth of the table. The planner may then prefer a nested loop that
 * reads more than the plan it replaces. Here such scans are costed again, with the probes that the plan
 * itself expects: those into candidates, unless they come in the order of what they read, and those that have
 * lost that order to a candidate (probe_order.c). What is slow in today's plans is in production's times
 * already.
 *
 * What a scan takes is between the two costs, which can be a factor of ten apart: as much of its data is
 * cached. Expected is the middle on a logarithmic scale.
 */
#include "planner_module.h"

#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"

#include <math.h>

static double overlooked = 0; /* by the planner runs since pga_take_overlooked() */

/* How a path is executed. */
typedef struct Execution {
  PlannerInfo* root;
  Path* outer;  /* its probes come from; NULL: it has none */
  double times; /* in one execution of the query */
  double share; /* of the path that is executed: less than 1 below a limit */
} Execution;

static void visit(Path* path, Execution how);

static void visit_all(List* paths, Execution how) {
  ListCell* cell;

  foreach (cell, paths) visit(lfirst(cell), how);
}

/* The share of probes that the planner does not charge enough: those that do not come in the order of what
 * they read, or no longer. 0: the scan is none of a nested loop. */
static double scattered_of(Path* scan, Path* index, Execution how) {
  PgaProbeOrder order = {0};

  if (!scan->param_info) return 0;
  if (how.outer && IsA(index, IndexPath)) order = pga_order_of_probes(how.root, how.outer, (IndexPath*)index);
  return pga_reads_candidate(index) ? 1 - order.kept : order.lost;
}

/* A scan costs `unshared` each time it is executed, not `shared`. */
static void note(double shared, double unshared, double scattered, Execution how) {
  double planned = shared * how.times;
  double more = Max(0, unshared - shared) * scattered * how.times;

  overlooked += (sqrt(planned * (planned + more)) - planned) * how.share;
}

static void visit_index_scan(IndexPath* path, Execution how) {
  double scattered = scattered_of(&path->path, &path->path, how);
  IndexPath again = *path;

  if (scattered <= 0) return;
  cost_index(&again, how.root, how.times, path->path.parallel_workers > 0);
  note(path->path.total_cost, again.path.total_cost, scattered, how);
}

static void visit_bitmap_scan(BitmapHeapPath* path, Execution how) {
  double scattered = scattered_of(&path->path, path->bitmapqual, how);
  BitmapHeapPath again = *path;

  if (scattered <= 0) return;
  cost_bitmap_heap_scan(&again.path, how.root, path->path.parent, path->path.param_info, path->bitmapqual,
                        how.times);
  note(path->path.total_cost, again.path.total_cost, scattered, how);
}

static void visit_join(JoinPath* path, Execution how) {
  Execution inner = how;

  if (IsA(path, NestPath)) {
    inner.times *= clamp_row_est(path->outerjoinpath->rows);
    inner.outer = path->outerjoinpath;
  }
  visit(path->outerjoinpath, how);
  visit(path->innerjoinpath, inner);
}

/* Only the part of the input that comes before the limit is read, as create_limit_path() has it. */
static void visit_limit(LimitPath* path, Execution how) {
  double all = path->subpath->total_cost - path->subpath->startup_cost;
  double read = path->path.total_cost - path->path.startup_cost;

  if (all > 0) how.share *= Min(1, read / all);
  visit(path->subpath, how);
}

#if PG_VERSION_NUM >= 140000
/* Probes with a value that is in the cache read nothing, as cost_memoize_rescan() has it. */
static void visit_memoize(MemoizePath* path, Execution how) {
#if PG_VERSION_NUM >= 190000
  double calls = path->est_calls;
#else
  double calls = path->calls;
#endif
  double missed = calls > 0 && path->est_entries > 0 ? Min(1, path->est_entries / calls) : 1;

  how.times = Max(1, how.times * missed);
  visit(path->subpath, how);
}
#endif

static void visit_subquery(SubqueryScanPath* path, Execution how) {
  how.root = path->path.parent->subroot;
  how.outer = NULL;
  visit(path->subpath, how);
}

static void visit_writes(ModifyTablePath* path, Execution how) {
#if PG_VERSION_NUM >= 140000
  visit(path->subpath, how);
#else
  visit_all(path->subpaths, how);
#endif
}

static void visit_set_operation(SetOpPath* path, Execution how) {
#if PG_VERSION_NUM >= 180000
  visit(path->leftpath, how);
  visit(path->rightpath, how);
#else
  visit(path->subpath, how);
#endif
}

/* Nodes with one input: their types differ, but all of them have it in the same place. */
#define WITH_INPUT(type)                \
  case T_##type:                        \
    visit(((type*)path)->subpath, how); \
    break

static void visit(Path* path, Execution how) {
  check_stack_depth();
  switch (nodeTag(path)) {
    case T_IndexPath:
      visit_index_scan((IndexPath*)path, how);
      break;
    case T_BitmapHeapPath:
      visit_bitmap_scan((BitmapHeapPath*)path, how);
      break;
    case T_NestPath:
    case T_MergePath:
    case T_HashPath:
      visit_join((JoinPath*)path, how);
      break;
    case T_LimitPath:
      visit_limit((LimitPath*)path, how);
      break;
    case T_SubqueryScanPath:
      visit_subquery((SubqueryScanPath*)path, how);
      break;
    case T_ModifyTablePath:
      visit_writes((ModifyTablePath*)path, how);
      break;
    case T_AppendPath:
      visit_all(((AppendPath*)path)->subpaths, how);
      break;
    case T_MergeAppendPath:
      visit_all(((MergeAppendPath*)path)->subpaths, how);
      break;
    case T_SetOpPath:
      visit_set_operation((SetOpPath*)path, how);
      break;
#if PG_VERSION_NUM >= 140000
    case T_MemoizePath:
      visit_memoize((MemoizePath*)path, how);
      break;
#endif
      WITH_INPUT(MaterialPath);
      WITH_INPUT(ProjectionPath);
      WITH_INPUT(ProjectSetPath);
      WITH_INPUT(SortPath);
      WITH_INPUT(GroupPath);
      WITH_INPUT(AggPath);
      WITH_INPUT(GroupingSetsPath);
      WITH_INPUT(WindowAggPath);
      WITH_INPUT(LockRowsPath);
      WITH_INPUT(GatherPath);
      WITH_INPUT(GatherMergePath);
      WITH_INPUT(UniquePath);
    case T_IncrementalSortPath:
      visit(((IncrementalSortPath*)path)->spath.subpath, how);
      break;
    default:
      break;
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

static void visit_query(PlannerInfo* root, RelOptInfo* final) {
  Path* best = cheapest(final);
  Execution once = {.root = root, .times = 1, .share = 1};

  if (best) visit(best, once);
}

/* The planner has every path of a query; inner queries come first. Subqueries in FROM are seen in the outer
 * one's paths; CTEs and other inner queries are taken to be executed once. */
void pga_note_paths(PlannerInfo* root, RelOptInfo* final) {
  ListCell* cell;

  if (root->query_level > 1) return;
  visit_query(root, final);
  foreach (cell, root->glob->subroots) {
    PlannerInfo* inner = lfirst(cell);

    visit_query(inner, fetch_upper_rel(inner, UPPERREL_FINAL, NULL));
  }
}

double pga_take_overlooked(void) {
  double taken = overlooked;

  overlooked = 0;
  return taken;
}
