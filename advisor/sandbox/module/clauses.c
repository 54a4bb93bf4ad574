/* Restrictions and join columns of one base relation, as the planner holds them. */
#include "planner_module.h"

#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/restrictinfo.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

typedef struct Shape {
  const char* kind;
  PgaTerm key;
  const char* op;
} Shape;

typedef struct JoinTerm {
  PgaTerm key;
  bool also_constant;
} JoinTerm;

/* Known before the scan starts: a constant, a parameter, or what another part of the plan hands over. */
static bool is_value(Node* node) {
  return !contain_var_clause(node) && !contain_volatile_functions(node);
}

/* B-tree strategy of `key operator ...` in a plain index on the key, 0 when such an index does not know it.
 */
static int strategy_of(Node* key, Oid op, Oid collation) {
  Oid family;

  key = pga_strip(key);
  if (OidIsValid(collation) && OidIsValid(exprCollation(key)) && collation != exprCollation(key)) return 0;
  family = pga_btree_family(key);
  return OidIsValid(op) && OidIsValid(family) ? get_op_opfamily_strategy(op, family) : 0;
}

static bool shape_operator(RelOptInfo* rel, Oid relid, Node* left, Node* right, Oid op, Oid collation,
                           Shape* shape) {
  Node* key = left;
  int strategy;

  if (!is_value(right)) {
    if (!is_value(left)) return false;
    key = right;
    op = get_commutator(op);
  }
  strategy = strategy_of(key, op, collation);
  if (strategy == 0 || !pga_make_term(rel, relid, key, &shape->key)) return false;
  shape->kind = strategy == BTEqualStrategyNumber ? "equality" : "range";
  shape->op = get_opname(op);
  return true;
}

static bool shape_array(RelOptInfo* rel, Oid relid, ScalarArrayOpExpr* clause, Shape* shape) {
  Node* key = linitial(clause->args);

  if (!clause->useOr || !is_value(lsecond(clause->args)) ||
      strategy_of(key, clause->opno, clause->inputcollid) != BTEqualStrategyNumber ||
      !pga_make_term(rel, relid, key, &shape->key))
    return false;
  shape->kind = "in_list";
  shape->op = get_opname(clause->opno);
  return true;
}

/* (a, b) > ($1, $2): a B-tree starts reading where `a` says, so it is a range over the first column. */
static bool shape_row(RelOptInfo* rel, Oid relid, RowCompareExpr* clause, Shape* shape) {
  return is_value((Node*)clause->rargs) &&
         shape_operator(rel, relid, linitial(clause->largs), linitial(clause->rargs),
                        linitial_oid(clause->opnos), linitial_oid(clause->inputcollids), shape) &&
         strcmp(shape->kind, "range") == 0;
}

/* Boolean expressions other than columns are left out: any function that returns boolean would be one. */
static bool shape_boolean(RelOptInfo* rel, Oid relid, Node* node, Shape* shape) {
  node = pga_strip(node);
  shape->kind = "boolean";
  return IsA(node, Var) && exprType(node) == BOOLOID && pga_make_term(rel, relid, node, &shape->key);
}

static bool shape_clause(RelOptInfo* rel, Oid relid, Node* clause, Shape* shape) {
  switch (nodeTag(clause)) {
    case T_OpExpr: {
      OpExpr* op = (OpExpr*)clause;

      return list_length(op->args) == 2 && shape_operator(rel, relid, linitial(op->args), lsecond(op->args),
                                                          op->opno, op->inputcollid, shape);
    }
    case T_ScalarArrayOpExpr:
      return shape_array(rel, relid, (ScalarArrayOpExpr*)clause, shape);
    case T_RowCompareExpr:
      return shape_row(rel, relid, (RowCompareExpr*)clause, shape);
    case T_NullTest:
      shape->kind = "null_test";
      return !((NullTest*)clause)->argisrow &&
             pga_make_term(rel, relid, (Node*)((NullTest*)clause)->arg, &shape->key);
    case T_BooleanTest:
      return shape_boolean(rel, relid, (Node*)((BooleanTest*)clause)->arg, shape);
    case T_BoolExpr:
      return ((BoolExpr*)clause)->boolop == NOT_EXPR &&
             shape_boolean(rel, relid, linitial(((BoolExpr*)clause)->args), shape);
    default:
      return shape_boolean(rel, relid, clause, shape);
  }
}

static void emit_clause(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid, RestrictInfo* info) {
  Node* clause = (Node*)info->clause;
  Shape shape = {0};
  double selectivity = clause_selectivity(root, (Node*)info, 0, JOIN_INNER, NULL);

  if (!shape_clause(rel, relid, clause, &shape)) shape = (Shape){.kind = "other"};
  appendStringInfo(out, "{\"kind\":\"%s\",", shape.kind);
  pga_emit_term(out, relid, &shape.key);
  appendStringInfoString(out, ",\"op\":");
  escape_json(out, shape.op ? shape.op : "");
  appendStringInfoString(out, ",\"text\":");
  escape_json(out, pga_deparse(rel, relid, clause));
  appendStringInfo(out, ",\"has_parameter\":%s,\"immutable\":%s,\"selectivity\":%.17g}",
                   pga_has_parameter(clause) ? "true" : "false",
                   pga_indexable(rel, clause) ? "true" : "false", Min(Max(selectivity, 0), 1));
}

/* "clauses":[...] */
void pga_emit_clauses(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid) {
  ListCell* cell;
  const char* separator = "";

  appendStringInfoString(out, "\"clauses\":[");
  foreach (cell, rel->baserestrictinfo) {
    RestrictInfo* info = lfirst_node(RestrictInfo, cell);

    if (info->pseudoconstant) continue; /* $1 = 1: about no row of the relation */
    appendStringInfoString(out, separator);
    emit_clause(out, root, rel, relid, info);
    separator = ",";
  }
  appendStringInfoChar(out, ']');
}

static List* add_join(List* joins, const PgaTerm* key, bool also_constant) {
  ListCell* cell;
  JoinTerm* join;

  foreach (cell, joins) {
    join = lfirst(cell);
    if (join->key.column == key->column &&
        (key->column != InvalidAttrNumber || strcmp(join->key.expression, key->expression) == 0)) {
      join->also_constant |= also_constant;
      return joins;
    }
  }
  join = palloc(sizeof(JoinTerm));
  join->key = *key;
  join->also_constant = also_constant;
  return lappend(joins, join);
}

/* Does the class hold a term of some other relation? For an arm of UNION ALL its parent is no other. */
static bool links_elsewhere(EquivalenceClass* class, RelOptInfo* rel) {
  ListCell* cell;

  foreach (cell, class->ec_members) {
    EquivalenceMember* member = lfirst(cell);

    if (!member->em_is_const && !member->em_is_child && !bms_overlap(member->em_relids, rel->relids) &&
        !bms_overlap(member->em_relids, rel->top_parent_relids))
      return true;
  }
  return false;
}

static List* joins_of_class(List* joins, EquivalenceClass* class, RelOptInfo* rel, Oid relid) {
  ListCell* cell;
  PgaTerm term;

  if (class->ec_has_volatile || !links_elsewhere(class, rel)) return joins;
  foreach (cell, class->ec_members) {
    EquivalenceMember* member = lfirst(cell);
    Node* key = pga_strip((Node*)member->em_expr);

    if (!member->em_is_const && bms_equal(member->em_relids, rel->relids) &&
        list_member_oid(class->ec_opfamilies, pga_btree_family(key)) &&
        (!OidIsValid(class->ec_collation) || class->ec_collation == exprCollation(key)) &&
        pga_make_term(rel, relid, key, &term))
      joins = add_join(joins, &term, class->ec_has_const);
  }
  return joins;
}

/* Clauses of outer joins stay outside the classes; an index helps the side that is probed for each outer row.
 */
static List* joins_of_clause(List* joins, RestrictInfo* info, RelOptInfo* rel, Oid relid) {
  OpExpr* clause = (OpExpr*)info->clause;
  Node* key;
  Oid op;
  PgaTerm term;

  if (!IsA(clause, OpExpr) || list_length(clause->args) != 2 || !join_clause_is_movable_to(info, rel))
    return joins;
  if (bms_equal(info->left_relids, rel->relids) && !bms_is_empty(info->right_relids)) {
    key = linitial(clause->args);
    op = clause->opno;
  } else if (bms_equal(info->right_relids, rel->relids) && !bms_is_empty(info->left_relids)) {
    key = lsecond(clause->args);
    op = get_commutator(clause->opno);
  } else
    return joins;
  if (strategy_of(key, op, clause->inputcollid) != BTEqualStrategyNumber ||
      !pga_make_term(rel, relid, key, &term))
    return joins;
  return add_join(joins, &term, false);
}

/* "joins":[...] */
void pga_emit_joins(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid) {
  List* joins = NIL;
  ListCell* cell;
  const char* separator = "";

  foreach (cell, root->eq_classes) joins = joins_of_class(joins, lfirst(cell), rel, relid);
  foreach (cell, rel->joininfo) joins = joins_of_clause(joins, lfirst(cell), rel, relid);
  appendStringInfoString(out, "\"joins\":[");
  foreach (cell, joins) {
    JoinTerm* join = lfirst(cell);

    appendStringInfo(out, "%s{", separator);
    pga_emit_term(out, relid, &join->key);
    appendStringInfo(out, ",\"also_constant\":%s}", join->also_constant ? "true" : "false");
    separator = ",";
  }
  appendStringInfoChar(out, ']');
}
