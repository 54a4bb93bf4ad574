/* Loads the module: installs both planner hooks, in front of whoever was there. */
#include "planner_module.h"

#include "fmgr.h"
#include "optimizer/paths.h"
#include "optimizer/plancat.h"

PG_MODULE_MAGIC;

static get_relation_info_hook_type next_relation_info = NULL;
static set_rel_pathlist_hook_type next_pathlist = NULL;

static void relation_info(PlannerInfo* root, Oid relation, bool inhparent, RelOptInfo* rel) {
  if (next_relation_info) next_relation_info(root, relation, inhparent, rel);
  pga_tell_planner(root, relation, inhparent, rel);
}

static void pathlist(PlannerInfo* root, RelOptInfo* rel, Index rti, RangeTblEntry* rte) {
  if (next_pathlist) next_pathlist(root, rel, rti, rte);
  pga_note_scan(root, rel, rti, rte);
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
}
