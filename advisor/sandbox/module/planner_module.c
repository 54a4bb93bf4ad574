/* Loads the module: installs the planner hooks, in front of whoever was there. */
#include "planner_module.h"

#include "fmgr.h"
#include "optimizer/paths.h"
#include "optimizer/plancat.h"
#include "optimizer/planner.h"

PG_MODULE_MAGIC;

static get_relation_info_hook_type next_relation_info = NULL;
static set_rel_pathlist_hook_type next_pathlist = NULL;
static create_upper_paths_hook_type next_upper_paths = NULL;

static void relation_info(PlannerInfo* root, Oid relation, bool inhparent, RelOptInfo* rel) {
  if (next_relation_info) next_relation_info(root, relation, inhparent, rel);
  pga_tell_planner(root, relation, inhparent, rel);
}

static void pathlist(PlannerInfo* root, RelOptInfo* rel, Index rti, RangeTblEntry* rte) {
  if (next_pathlist) next_pathlist(root, rel, rti, rte);
  pga_note_scan(root, rel, rti, rte);
}

static void upper_paths(PlannerInfo* root, UpperRelationKind stage, RelOptInfo* input, RelOptInfo* output,
                        void* extra) {
  if (next_upper_paths) next_upper_paths(root, stage, input, output, extra);
  if (stage == UPPERREL_FINAL) pga_note_paths(root, output);
}

#if PG_VERSION_NUM >= 150000
PGDLLEXPORT
#endif
void _PG_init(void);

void _PG_init(void) {
  next_relation_info = get_relation_info_hook;
  get_relation_info_hook = relation_info;
  next_pathlist = set_rel_pathlist_hook;
  set_rel_pathlist_hook = pathlist;
  next_upper_paths = create_upper_paths_hook;
  create_upper_paths_hook = upper_paths;
}
