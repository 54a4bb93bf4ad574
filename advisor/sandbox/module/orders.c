/* The orders in which a query level would like to read one of its relations, and how much of it. */
#include "planner_module.h"

#include "access/htup_details.h"
#include "access/stratnum.h"
#include "catalog/pg_aggregate.h"
#include "nodes/nodeFuncs.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#if PG_VERSION_NUM >= 180000
typedef CompareType Direction;
#define DESCENDING COMPARE_GT
#define DIRECTION_OF(key) ((key)->pk_cmptype)
#else
typedef int16 Direction;
#define DESCENDING BTGreaterStrategyNumber
#define DIRECTION_OF(key) ((key)->pk_strategy)
#endif

static bool is_descending(PathKey* key) {
  return DIRECTION_OF(key) == DESCENDING;
}

/* The relation's own member of the sort key's class, as an index would sort by it. */
static bool order_term(PathKey* key, RelOptInfo* rel, Oid relid, PgaTerm* term) {
  EquivalenceClass* class = key->pk_eclass;
  ListCell* cell;

  if (class->ec_has_volatile) return false;
  foreach (cell, pga_class_members(class, rel)) {
    EquivalenceMember* member = lfirst(cell);
    Node* expr = pga_strip((Node*)member->em_expr);

    if (!member->em_is_const && bms_equal(member->em_relids, rel->relids) &&
        key->pk_opfamily == pga_btree_family(expr) &&
        (!OidIsValid(class->ec_collation) || class->ec_collation == exprCollation(expr)) &&
        pga_make_term(rel, relid, expr, term))
      return true;
  }
  return false;
}

static void emit_key(StringInfo out, Oid relid, const PgaTerm* term, bool descending, bool nulls_first) {
  pga_separate(out);
  appendStringInfoChar(out, '{');
  pga_emit_term(out, relid, term);
  appendStringInfoChar(out, ',');
  pga_emit_flag(out, "descending", descending);
  appendStringInfoChar(out, ',');
  pga_emit_flag(out, "nulls_first", nulls_first);
  appendStringInfoChar(out, '}');
}

/* The keys up to the first that is not this relation's; true when all are. */
static bool emit_keys(StringInfo out, List* pathkeys, RelOptInfo* rel, Oid relid) {
  bool complete = true;
  ListCell* cell;

  appendStringInfoChar(out, '[');
  foreach (cell, pathkeys) {
    PathKey* key = lfirst(cell);
    PgaTerm term;

    complete = order_term(key, rel, relid, &term);
    if (!complete) break;
    emit_key(out, relid, &term, is_descending(key), key->pk_nulls_first);
  }
  appendStringInfoChar(out, ']');
  return complete;
}

static void emit_order(StringInfo out, const char* purpose, List* pathkeys, RelOptInfo* rel, Oid relid) {
  PgaTerm term;
  bool complete;

  if (pathkeys == NIL || !order_term(linitial(pathkeys), rel, relid, &term)) return;
  pga_separate(out);
  appendStringInfoChar(out, '{');
  pga_emit_text(out, "purpose", purpose);
  appendStringInfoString(out, ",\"keys\":");
  complete = emit_keys(out, pathkeys, rel, relid);
  appendStringInfoChar(out, ',');
  pga_emit_flag(out, "complete", complete);
  appendStringInfoChar(out, '}');
}

/* The operator that sorts as a min() or max() wants it; InvalidOid for other aggregates. As planagg.c. */
static Oid sort_operator(Aggref* aggregate) {
  HeapTuple tuple;
  Oid op;

  if (list_length(aggregate->args) != 1 || aggregate->aggorder != NIL || aggregate->aggfilter)
    return InvalidOid;
  tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggregate->aggfnoid));
  if (!HeapTupleIsValid(tuple)) return InvalidOid;
  op = ((Form_pg_aggregate)GETSTRUCT(tuple))->aggsortop;
  ReleaseSysCache(tuple);
  return op;
}

typedef struct MinMax {
  StringInfo out;
  RelOptInfo* rel;
  Oid relid;
} MinMax;

static bool min_max_walker(Node* node, void* context) {
  MinMax* state = context;
  Oid op, family, type;
  Direction direction;
  PgaTerm term;

  if (!node) return false;
  if (!IsA(node, Aggref)) return expression_tree_walker(node, min_max_walker, context);
  op = sort_operator((Aggref*)node);
  if (!OidIsValid(op) || !get_ordering_op_properties(op, &family, &type, &direction) ||
      !pga_make_term(state->rel, state->relid, (Node*)linitial_node(TargetEntry, ((Aggref*)node)->args)->expr,
                     &term))
    return false;
  pga_separate(state->out);
  appendStringInfoString(state->out, "{\"purpose\":\"min_max\",\"complete\":true,\"keys\":[");
  emit_key(state->out, state->relid, &term, direction == DESCENDING, direction == DESCENDING);
  appendStringInfoString(state->out, "]}");
  return false;
}

/* Each min() and max() of a query over one relation, which preprocess_minmax_aggregates() could look up. */
static void emit_min_max(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid) {
  Query* query = root->parse;
  MinMax state = {out, rel, relid};

  if (!query->hasAggs || query->groupClause != NIL || query->groupingSets != NIL || query->hasWindowFuncs ||
      bms_membership(root->all_baserels) != BMS_SINGLETON)
    return;
  (void)min_max_walker((Node*)query->targetList, &state);
  (void)min_max_walker(query->havingQual, &state);
}

/* "distances":[...]: ORDER BY key <-> value, up to the first sort key that is none. */
static void emit_distances(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid) {
  ListCell* cell;

  appendStringInfoString(out, "\"distances\":[");
  foreach (cell, root->query_pathkeys) {
    EquivalenceClass* class = ((PathKey*)lfirst(cell))->pk_eclass;
    EquivalenceMember* member = linitial(class->ec_members);
    PgaShape shape;

    if (class->ec_has_volatile || is_descending(lfirst(cell)) || !IsA(member->em_expr, OpExpr) ||
        !pga_shape_distance(root, rel, relid, (OpExpr*)member->em_expr, &shape))
      break;
    pga_separate(out);
    appendStringInfoChar(out, '{');
    pga_emit_shape(out, root, rel, relid, &shape);
    appendStringInfoChar(out, '}');
  }
  appendStringInfoChar(out, ']');
}

/* "order":[...],"orders":[...],"distances":[...],"limit":...,"fraction":... */
void pga_emit_orders(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid) {
  appendStringInfoString(out, "\"order\":");
  (void)emit_keys(out, root->query_pathkeys, rel, relid);
  appendStringInfoString(out, ",\"orders\":[");
  emit_order(out, "group", root->group_pathkeys, rel, relid);
  emit_order(out, "window", root->window_pathkeys, rel, relid);
  emit_order(out, "distinct", root->distinct_pathkeys, rel, relid);
  emit_order(out, "sort", root->sort_pathkeys, rel, relid);
#if PG_VERSION_NUM >= 170000
  emit_order(out, "union", root->setop_pathkeys, rel, relid);
#endif
  emit_min_max(out, root, rel, relid);
  appendStringInfoString(out, "],");
  emit_distances(out, root, rel, relid);
  appendStringInfo(out, ",\"limit\":%.17g,\"fraction\":%.17g", root->limit_tuples, root->tuple_fraction);
}
