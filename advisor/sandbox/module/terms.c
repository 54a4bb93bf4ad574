/* Expressions over one base relation: what can be an index key, and how PostgreSQL writes it. */
#include "planner_module.h"

#include "access/sysattr.h"
#include "catalog/pg_am.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"

/* Without COLLATE and casts that do not change the value (varchar to text): what an index would have as key.
 */
Node* pga_strip(Node* node) {
  while (node && IsA(node, RelabelType)) node = (Node*)((RelabelType*)node)->arg;
  return node;
}

static bool parameter_walker(Node* node, void* context) {
  if (!node) return false;
  return IsA(node, Param) || expression_tree_walker(node, parameter_walker, context);
}

/* $n of the statement, or a value that another part of the plan hands over at run time. */
bool pga_has_parameter(Node* node) {
  return parameter_walker(node, NULL);
}

/* Is there anything an index on this relation cannot hold? */
static bool foreign_walker(Node* node, void* context) {
  RelOptInfo* rel = context;

  if (!node) return false;
  if (IsA(node, Var))
    return ((Var*)node)->varno != rel->relid || ((Var*)node)->varlevelsup > 0 || ((Var*)node)->varattno <= 0;
  if (IsA(node, Param) || IsA(node, PlaceHolderVar)) return true;
  return expression_tree_walker(node, foreign_walker, context);
}

/* Could the expression stand in an index on the relation, as a key or in its predicate? */
bool pga_indexable(RelOptInfo* rel, Node* node) {
  return contain_var_clause(node) && !foreign_walker(node, rel) && !contain_subplans(node) &&
         !contain_mutable_functions(node) && !contain_agg_clause(node) && !contain_window_function(node) &&
         !expression_returns_set(node);
}

/* False when the node is nothing an index on the relation could have as a key. */
bool pga_make_term(RelOptInfo* rel, Oid relid, Node* node, PgaTerm* term) {
  node = pga_strip(node);
  term->column = InvalidAttrNumber;
  term->expression = NULL;
  if (!node || !pga_indexable(rel, node) || get_typtype(exprType(node)) == TYPTYPE_PSEUDO) return false;
  if (IsA(node, Var))
    term->column = ((Var*)node)->varattno;
  else
    term->expression = pga_deparse(rel, relid, node);
  return true;
}

/* As if the relation were the only one: number 1, its own column names whatever the statement calls them. */
static Node* alone_mutator(Node* node, void* context) {
  RelOptInfo* rel = context;

  if (!node) return NULL;
  if (IsA(node, PlaceHolderVar)) return alone_mutator((Node*)((PlaceHolderVar*)node)->phexpr, context);
  if (IsA(node, Var) && ((Var*)node)->varno == rel->relid && ((Var*)node)->varlevelsup == 0) {
    Var* var = (Var*)node;

    return (Node*)makeVar(1, var->varattno, var->vartype, var->vartypmod, var->varcollid, 0);
  }
  return expression_tree_mutator(node, alone_mutator, context);
}

/* The expression, which holds columns of this relation only, with unqualified names. */
char* pga_deparse(RelOptInfo* rel, Oid relid, Node* node) {
  return deparse_expression(alone_mutator(node, rel), deparse_context_for(get_rel_name(relid), relid), false,
                            false);
}

/* The operator family a plain B-tree on the key has; InvalidOid when its type has none. */
Oid pga_btree_family(Node* key) {
  Oid operator_class = GetDefaultOpClass(exprType(key), BTREE_AM_OID);

  return OidIsValid(operator_class) ? get_opclass_family(operator_class) : InvalidOid;
}

/* "column":"...","expression":"..." */
void pga_emit_term(StringInfo out, Oid relid, const PgaTerm* term) {
  appendStringInfoString(out, "\"column\":");
  escape_json(out, term->column == InvalidAttrNumber ? "" : get_attname(relid, term->column, false));
  appendStringInfoString(out, ",\"expression\":");
  escape_json(out, term->expression ? term->expression : "");
}

/* "schema":"...","table":"..." */
void pga_emit_name(StringInfo out, Oid relid) {
  appendStringInfoString(out, "\"schema\":");
  escape_json(out, get_namespace_name(get_rel_namespace(relid)));
  appendStringInfoString(out, ",\"table\":");
  escape_json(out, get_rel_name(relid));
}

/* "columns":[...] of attribute numbers less FirstLowInvalidHeapAttributeNumber, user columns only. */
void pga_emit_columns(StringInfo out, Oid relid, Bitmapset* attributes) {
  int attribute = -1;
  const char* separator = "";

  appendStringInfoString(out, "\"columns\":[");
  while ((attribute = bms_next_member(attributes, attribute)) >= 0) {
    int number = attribute + FirstLowInvalidHeapAttributeNumber;

    if (number <= 0) continue;
    appendStringInfoString(out, separator);
    escape_json(out, get_attname(relid, number, false));
    separator = ",";
  }
  appendStringInfoChar(out, ']');
}
