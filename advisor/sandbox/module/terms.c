/* Expressions over one base relation: what can be an index key, and how PostgreSQL writes it. */
#include "planner_module.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "catalog/pg_am.h"
#include "catalog/pg_operator.h"
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
#include "utils/syscache.h"

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

Relids pga_relations_of(PlannerInfo* root, Node* node) {
#if PG_VERSION_NUM >= 140000
  return pull_varnos(root, node);
#else
  return pull_varnos(node);
#endif
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
    term->expression = pga_deparse(rel->relid, relid, node);
  return true;
}

/*
 * As if the relation were the only one: number 1, its own column names whatever the statement calls them. A
 * value known at run time only becomes $n: ruleutils.c would look for the plan node that hands it over.
 */
static Node* alone_mutator(Node* node, void* context) {
  const Index* varno = context;

  if (!node) return NULL;
  if (IsA(node, PlaceHolderVar)) return alone_mutator((Node*)((PlaceHolderVar*)node)->phexpr, context);
  if (IsA(node, Var) && ((Var*)node)->varno == *varno && ((Var*)node)->varlevelsup == 0) {
    Var* var = (Var*)node;

    return (Node*)makeVar(1, var->varattno, var->vartype, var->vartypmod, var->varcollid, 0);
  }
  if (IsA(node, Param)) {
    Param* parameter = copyObject((Param*)node);

    parameter->paramkind = PARAM_EXTERN;
    return (Node*)parameter;
  }
  return expression_tree_mutator(node, alone_mutator, context);
}

/*
 * The expression, which holds columns of this relation only, with unqualified names. Implicit casts are
 * shown: without them an index would be made on another expression.
 */
char* pga_deparse(Index varno, Oid relid, Node* node) {
  return deparse_expression(alone_mutator(node, &varno), deparse_context_for(get_rel_name(relid), relid),
                            false, true);
}

/* The operator family a plain B-tree on the key has; InvalidOid when its type has none. */
Oid pga_btree_family(Node* key) {
  Oid operator_class = GetDefaultOpClass(exprType(key), BTREE_AM_OID);

  return OidIsValid(operator_class) ? get_opclass_family(operator_class) : InvalidOid;
}

/* "column":"...","expression":"..." */
void pga_emit_term(StringInfo out, Oid relid, const PgaTerm* term) {
  pga_emit_text(out, "column",
                term->column == InvalidAttrNumber ? "" : get_attname(relid, term->column, false));
  appendStringInfoChar(out, ',');
  pga_emit_text(out, "expression", term->expression);
}

/* "schema":"...","table":"..." */
void pga_emit_name(StringInfo out, Oid relid) {
  pga_emit_text(out, "schema", get_namespace_name(get_rel_namespace(relid)));
  appendStringInfoChar(out, ',');
  pga_emit_text(out, "table", get_rel_name(relid));
}

/* "op":"...","op_schema":"..." */
void pga_emit_operator(StringInfo out, Oid op) {
  HeapTuple tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(op));
  Form_pg_operator found = HeapTupleIsValid(tuple) ? (Form_pg_operator)GETSTRUCT(tuple) : NULL;

  pga_emit_text(out, "op", found ? NameStr(found->oprname) : "");
  appendStringInfoChar(out, ',');
  pga_emit_text(out, "op_schema", found ? get_namespace_name(found->oprnamespace) : "");
  if (found) ReleaseSysCache(tuple);
}

/* "columns":[...] of attribute numbers less FirstLowInvalidHeapAttributeNumber, user columns only. */
void pga_emit_columns(StringInfo out, const char* name, Oid relid, Bitmapset* attributes) {
  int attribute = -1;

  appendStringInfo(out, "\"%s\":[", name);
  while ((attribute = bms_next_member(attributes, attribute)) >= 0) {
    int number = attribute + FirstLowInvalidHeapAttributeNumber;

    if (number <= 0) continue;
    pga_separate(out);
    escape_json(out, get_attname(relid, number, false));
  }
  appendStringInfoChar(out, ']');
}
