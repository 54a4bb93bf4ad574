/* Clauses over one base relation, as the planner holds them. */
#include "planner_module.h"

#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"

/* The collation an index needs where it is not the key's own, as DDL has it. */
static const char* foreign_collation(const PgaShape* shape) {
  if (!shape->key || !OidIsValid(shape->collation) || !OidIsValid(exprCollation(shape->key)) ||
      shape->collation == exprCollation(shape->key))
    return "";
  return generate_collation_name(shape->collation);
}

static bool is_own(PlannerInfo* root, RelOptInfo* rel, Node* node) {
  return bms_is_subset(pga_relations_of(root, node), rel->relids);
}

/* The column that a cast hides from every index on it; InvalidAttrNumber when the node is no such cast. */
static AttrNumber cast_column(RelOptInfo* rel, Node* node, CoercionForm* form) {
  Node* argument = NULL;

  node = pga_strip(node);
  if (IsA(node, FuncExpr) && ((FuncExpr*)node)->args != NIL) {
    argument = pga_strip(linitial(((FuncExpr*)node)->args));
    *form = ((FuncExpr*)node)->funcformat;
  } else if (IsA(node, CoerceViaIO)) {
    argument = pga_strip((Node*)((CoerceViaIO*)node)->arg);
    *form = ((CoerceViaIO*)node)->coerceformat;
  }
  if (!argument || !IsA(argument, Var) || ((Var*)argument)->varno != rel->relid ||
      (*form != COERCE_IMPLICIT_CAST && *form != COERCE_EXPLICIT_CAST))
    return InvalidAttrNumber;
  return ((Var*)argument)->varattno;
}

static List* operands_of(Node* clause) {
  if (IsA(clause, OpExpr)) return ((OpExpr*)clause)->args;
  if (IsA(clause, ScalarArrayOpExpr)) return ((ScalarArrayOpExpr*)clause)->args;
  return NIL;
}

/* "cast_column":"...","cast_implicit":... */
static void emit_cast(StringInfo out, RelOptInfo* rel, Oid relid, Node* clause) {
  AttrNumber column = InvalidAttrNumber;
  CoercionForm form = COERCE_EXPLICIT_CALL;
  ListCell* cell;

  foreach (cell, operands_of(clause))
    if (column <= 0) column = cast_column(rel, lfirst(cell), &form);
  pga_emit_text(out, "cast_column", column > 0 ? get_attname(relid, column, false) : "");
  appendStringInfoChar(out, ',');
  pga_emit_flag(out, "cast_implicit", column > 0 && form == COERCE_IMPLICIT_CAST);
}

/* The members of a shape, without braces; `value` is empty for another relation's columns. */
void pga_emit_shape(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid, const PgaShape* shape) {
  bool known = shape->value && bms_is_empty(pga_relations_of(root, shape->value));

  pga_emit_text(out, "kind", shape->kind);
  appendStringInfoChar(out, ',');
  pga_emit_term(out, relid, &shape->term);
  appendStringInfoChar(out, ',');
  pga_emit_operator(out, shape->op);
  appendStringInfoChar(out, ',');
  pga_emit_text(out, "value", known ? pga_deparse(rel->relid, relid, shape->value) : "");
  appendStringInfoChar(out, ',');
  pga_emit_text(out, "collation", foreign_collation(shape));
  appendStringInfoChar(out, ',');
  pga_emit_supports(out, rel, relid, shape->key, shape->supports);
}

/* An arm of an OR is one clause or several under AND: make_sub_restrictinfos() in restrictinfo.c. */
static void emit_arm(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid, Node* arm) {
  ListCell* cell;

  pga_separate(out);
  appendStringInfoChar(out, '[');
  if (is_andclause(arm))
    foreach (cell, ((BoolExpr*)arm)->args)
      pga_emit_clause(out, root, rel, relid, lfirst_node(RestrictInfo, cell));
  else
    pga_emit_clause(out, root, rel, relid, castNode(RestrictInfo, arm));
  appendStringInfoChar(out, ']');
}

/* "arms":[[...],...] */
static void emit_arms(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid, Node* or_clause) {
  ListCell* cell;

  appendStringInfoString(out, "\"arms\":[");
  if (or_clause)
    foreach (cell, ((BoolExpr*)or_clause)->args) emit_arm(out, root, rel, relid, lfirst(cell));
  appendStringInfoChar(out, ']');
}

/* A constant that the application chose, in a text that was not normalised. */
static bool has_literal(Node* node, void* context) {
  if (!node) return false;
  if (IsA(node, Const)) return !((Const*)node)->constisnull && ((Const*)node)->consttype != BOOLOID;
  return expression_tree_walker(node, has_literal, context);
}

/* Adds an object to an array. */
void pga_emit_clause(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid, RestrictInfo* info) {
  Node* clause = (Node*)info->clause;
  bool own = is_own(root, rel, clause);
  /* Other relations' columns are as good as constants. */
  double selectivity = clause_selectivity(root, (Node*)info, own ? 0 : rel->relid, JOIN_INNER, NULL);
  Bitmapset* columns = NULL;
  PgaShape shape;

  pull_varattnos(clause, rel->relid, &columns);
  pga_shape_clause(root, rel, relid, clause, &shape);
  if (info->orclause) shape = (PgaShape){.kind = "or"};
  pga_separate(out);
  appendStringInfoChar(out, '{');
  pga_emit_shape(out, root, rel, relid, &shape);
  appendStringInfoChar(out, ',');
  pga_emit_text(out, "text", own ? pga_deparse(rel->relid, relid, clause) : "");
  appendStringInfoChar(out, ',');
  pga_emit_columns(out, "columns", relid, columns);
  appendStringInfoChar(out, ',');
  emit_cast(out, rel, relid, clause);
  appendStringInfoChar(out, ',');
  emit_arms(out, root, rel, relid, (Node*)info->orclause);
  appendStringInfoChar(out, ',');
  pga_emit_flag(out, "has_parameter", pga_has_parameter(clause));
  appendStringInfoChar(out, ',');
  pga_emit_flag(out, "has_literal", has_literal(clause, NULL));
  appendStringInfoChar(out, ',');
  pga_emit_flag(out, "immutable", pga_indexable(rel, clause));
  appendStringInfo(out, ",\"selectivity\":%.17g}", Min(Max(selectivity, 0), 1));
}

/* "clauses":[...] */
void pga_emit_clauses(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid) {
  ListCell* cell;

  appendStringInfoString(out, "\"clauses\":[");
  foreach (cell, rel->baserestrictinfo) {
    RestrictInfo* info = lfirst_node(RestrictInfo, cell);

    if (!info->pseudoconstant) /* $1 = 1: about no row of the relation */
      pga_emit_clause(out, root, rel, relid, info);
  }
  appendStringInfoChar(out, ']');
}
