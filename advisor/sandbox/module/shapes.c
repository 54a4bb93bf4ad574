/* What a clause is from one relation's point of view: key, operator, value, and what could serve it. */
#include "planner_module.h"

#include "access/stratnum.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"

typedef struct Viewpoint {
  PlannerInfo* root;
  RelOptInfo* rel;
  Oid relid;
} Viewpoint;

/*
 * Known before the relation is scanned: a constant, a parameter, what another part of the plan hands over,
 * or, in a join clause, a column of the outer side. As match_opclause_to_indexcol() in indxpath.c.
 */
static bool is_value(const Viewpoint* view, Node* node) {
  return !bms_is_member(view->rel->relid, pga_relations_of(view->root, node)) &&
         !contain_volatile_functions(node);
}

static bool has_own_collation(Node* key, Oid collation) {
  return !OidIsValid(collation) || !OidIsValid(exprCollation(key)) || collation == exprCollation(key);
}

/* B-tree strategy of `key op ...` in a plain index on the key, 0 when such an index does not know it. */
static int usual_strategy(Node* key, Oid op, Oid collation) {
  Oid family = pga_btree_family(key);

  return has_own_collation(key, collation) && OidIsValid(family) ? get_op_opfamily_strategy(op, family) : 0;
}

static bool take_key(const Viewpoint* view, Node* node, PgaShape* shape) {
  shape->key = pga_strip(node);
  return pga_make_term(view->rel, view->relid, node, &shape->term);
}

/* Sets key, op and value of a binary operator, commuted where the key stands on the right. */
static bool take_sides(const Viewpoint* view, Node* left, Node* right, Oid op, Oid collation,
                       PgaShape* shape) {
  bool commuted = !is_value(view, right);

  if (commuted && !is_value(view, left)) return false;
  shape->op = commuted ? get_commutator(op) : op;
  shape->value = commuted ? left : right;
  shape->collation = collation;
  return take_key(view, commuted ? right : left, shape);
}

/* "operator" needs somebody who serves it: `<>` is nothing for any index. */
static bool name_operator(PgaShape* shape) {
  int strategy = OidIsValid(shape->op) ? usual_strategy(shape->key, shape->op, shape->collation) : 0;

  shape->kind = strategy == BTEqualStrategyNumber ? "equality" : strategy != 0 ? "range" : "operator";
  return shape->supports != NIL;
}

/* The support function belongs to the operator as written, and is asked about the argument that is the key.
 */
static bool shape_operator(const Viewpoint* view, OpExpr* clause, PgaShape* shape) {
  Oid collation;

  if (list_length(clause->args) != 2 || !take_sides(view, linitial(clause->args), lsecond(clause->args),
                                                    clause->opno, clause->inputcollid, shape))
    return false;
  collation = OidIsValid(shape->collation) ? shape->collation : exprCollation(shape->key);
  if (OidIsValid(shape->op)) shape->supports = pga_supports_of_operator(shape->key, shape->op, AMOP_SEARCH);
  shape->supports = list_concat(
      shape->supports,
      pga_supports_of_function(view->root, view->rel, get_opcode(clause->opno), (Node*)clause,
                               shape->value == linitial(clause->args) ? 1 : 0, shape->key, collation));
  return name_operator(shape);
}

/* starts_with(key, 'abc') and whatever else brings a support function of its own. */
static bool shape_function(const Viewpoint* view, FuncExpr* clause, PgaShape* shape) {
  ListCell* cell;
  int argument = 0;

  shape->kind = "operator";
  foreach (cell, clause->args) {
    if (take_key(view, lfirst(cell), shape))
      shape->supports = pga_supports_of_function(view->root, view->rel, clause->funcid, (Node*)clause,
                                                 argument, shape->key, clause->inputcollid);
    if (shape->supports != NIL) return true;
    argument++;
  }
  return false;
}

static bool shape_array(const Viewpoint* view, ScalarArrayOpExpr* clause, PgaShape* shape) {
  if (!clause->useOr || !is_value(view, lsecond(clause->args)) ||
      !take_key(view, linitial(clause->args), shape))
    return false;
  shape->op = clause->opno;
  shape->value = lsecond(clause->args);
  shape->collation = clause->inputcollid;
  shape->supports = pga_supports_of_operator(shape->key, shape->op, AMOP_SEARCH);
  if (!name_operator(shape)) return false;
  shape->kind = strcmp(shape->kind, "equality") == 0 ? "in_list" : "operator";
  return true;
}

/* (a, b) > ($1, $2): a B-tree starts reading where `a` says, so it is a range over the first column. */
static bool shape_row(const Viewpoint* view, RowCompareExpr* clause, PgaShape* shape) {
  if (!is_value(view, (Node*)clause->rargs) ||
      !take_sides(view, linitial(clause->largs), linitial(clause->rargs), linitial_oid(clause->opnos),
                  linitial_oid(clause->inputcollids), shape))
    return false;
  shape->supports = pga_supports_of_operator(shape->key, shape->op, AMOP_SEARCH);
  return name_operator(shape) && strcmp(shape->kind, "range") == 0;
}

/* Boolean expressions other than columns are left out: any function that returns boolean would be one. */
static bool shape_boolean(const Viewpoint* view, Node* node, PgaShape* shape) {
  shape->kind = "boolean";
  if (!IsA(pga_strip(node), Var) || exprType(pga_strip(node)) != BOOLOID || !take_key(view, node, shape))
    return false;
  shape->supports = pga_supports_of_operator(shape->key, BooleanEqualOperator, AMOP_SEARCH);
  return true;
}

static bool shape_null_test(const Viewpoint* view, NullTest* clause, PgaShape* shape) {
  shape->kind = "null_test";
  return !clause->argisrow && take_key(view, (Node*)clause->arg, shape);
}

static bool shape_clause(const Viewpoint* view, Node* clause, PgaShape* shape) {
  switch (nodeTag(clause)) {
    case T_OpExpr:
      return shape_operator(view, (OpExpr*)clause, shape);
    case T_ScalarArrayOpExpr:
      return shape_array(view, (ScalarArrayOpExpr*)clause, shape);
    case T_RowCompareExpr:
      return shape_row(view, (RowCompareExpr*)clause, shape);
    case T_FuncExpr:
      return shape_function(view, (FuncExpr*)clause, shape);
    case T_NullTest:
      return shape_null_test(view, (NullTest*)clause, shape);
    case T_BooleanTest:
      return shape_boolean(view, (Node*)((BooleanTest*)clause)->arg, shape);
    case T_BoolExpr:
      return ((BoolExpr*)clause)->boolop == NOT_EXPR &&
             shape_boolean(view, linitial(((BoolExpr*)clause)->args), shape);
    default:
      return shape_boolean(view, clause, shape);
  }
}

/* A clause that no index serves is "other", without a key. */
void pga_shape_clause(PlannerInfo* root, RelOptInfo* rel, Oid relid, Node* clause, PgaShape* shape) {
  Viewpoint view = {root, rel, relid};

  *shape = (PgaShape){0};
  if (!shape_clause(&view, clause, shape)) *shape = (PgaShape){.kind = "other"};
}

/* ORDER BY key <-> value: no clause, but an operator that indexes may sort by. */
bool pga_shape_distance(PlannerInfo* root, RelOptInfo* rel, Oid relid, OpExpr* distance, PgaShape* shape) {
  Viewpoint view = {root, rel, relid};

  *shape = (PgaShape){.kind = "operator"};
  if (list_length(distance->args) != 2 ||
      !take_sides(&view, linitial(distance->args), lsecond(distance->args), distance->opno,
                  distance->inputcollid, shape) ||
      !OidIsValid(shape->op))
    return false;
  shape->supports = pga_supports_of_operator(shape->key, shape->op, AMOP_ORDER);
  return shape->supports != NIL;
}
