/*
 * Which indexes could serve a clause: asked of the catalogs as match_clause_to_indexcol() in indxpath.c asks
 * them, but for every operator class that takes the key instead of those of one index.
 */
#include "planner_module.h"

#include "access/htup_details.h"
#include "catalog/pg_am.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_opclass.h"
#include "commands/defrem.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* Methods whose indexes a support function may know how to use: like_support.c, network.c. */
static const Oid kMethods[] = {BTREE_AM_OID, HASH_AM_OID,   GIST_AM_OID,
                               GIN_AM_OID,   SPGIST_AM_OID, BRIN_AM_OID};

static PgaSupport* make_support(Oid method, Oid family, Oid operator_class, int strategy) {
  PgaSupport* support = palloc0(sizeof(PgaSupport));

  support->method = method;
  support->family = family;
  support->operator_class = operator_class;
  support->strategy = strategy;
  return support;
}

/* Of two classes of one family the type's own, else the one first by name: they make the same index. */
static bool is_better(Form_pg_opclass class, Form_pg_opclass best, Oid type) {
  if (!best) return true;
  if ((class->opcintype == type) != (best->opcintype == type)) return class->opcintype == type;
  return strcmp(NameStr(class->opcname), NameStr(best->opcname)) < 0;
}

/* The operator class of a family that takes keys of the type; InvalidOid when none does. */
static Oid class_of_family(Oid method, Oid family, Oid type) {
  Oid usual = GetDefaultOpClass(type, method);
  CatCList* classes;
  Form_pg_opclass best = NULL;
  Oid found;

  if (OidIsValid(usual) && get_opclass_family(usual) == family) return usual;
  classes = SearchSysCacheList1(CLAAMNAMENSP, ObjectIdGetDatum(method));
  for (int i = 0; i < classes->n_members; i++) {
    Form_pg_opclass class = (Form_pg_opclass)GETSTRUCT(&classes->members[i]->tuple);

    if (class->opcfamily == family && IsBinaryCoercible(type, class->opcintype) &&
        is_better(class, best, type))
      best = class;
  }
  found = best ? best->oid : InvalidOid;
  ReleaseSysCacheList(classes);
  return found;
}

/* Of PgaSupport: operator classes for the key of whose family the operator is a member, to search or to sort.
 */
List* pga_supports_of_operator(Node* key, Oid op, char purpose) {
  Oid type = getBaseType(exprType(key));
  CatCList* members = SearchSysCacheList1(AMOPOPID, ObjectIdGetDatum(op));
  List* supports = NIL;

  for (int i = 0; i < members->n_members; i++) {
    Form_pg_amop member = (Form_pg_amop)GETSTRUCT(&members->members[i]->tuple);
    Oid class = class_of_family(member->amopmethod, member->amopfamily, type);

    if (member->amoppurpose == purpose && OidIsValid(class))
      supports = lappend(supports,
                         make_support(member->amopmethod, member->amopfamily, class, member->amopstrategy));
  }
  ReleaseSysCacheList(members);
  return supports;
}

/* Families of a method that take keys of the type. */
static List* families_of_type(Oid method, Oid type) {
  CatCList* classes = SearchSysCacheList1(CLAAMNAMENSP, ObjectIdGetDatum(method));
  List* families = NIL;

  for (int i = 0; i < classes->n_members; i++) {
    Form_pg_opclass class = (Form_pg_opclass)GETSTRUCT(&classes->members[i]->tuple);

    if (IsBinaryCoercible(type, class->opcintype))
      families = list_append_unique_oid(families, class->opcfamily);
  }
  ReleaseSysCacheList(classes);
  return families;
}

static int strategy_in(Oid family, Node* condition) {
  return IsA(condition, OpExpr) ? get_op_opfamily_strategy(((OpExpr*)condition)->opno, family) : 0;
}

static PgaSupport* ask_support_function(PlannerInfo* root, RelOptInfo* rel, Oid function, Node* clause,
                                        int argument, Oid method, Oid family, Oid collation) {
  IndexOptInfo* index = makeNode(IndexOptInfo);
  SupportRequestIndexCondition request = {.type = T_SupportRequestIndexCondition,
                                          .root = root,
                                          .funcid = function,
                                          .node = clause,
                                          .indexarg = argument,
                                          .index = index,
                                          .opfamily = family,
                                          .indexcollation = collation,
                                          .lossy = true};
  List* conditions;
  PgaSupport* support;

  index->rel = rel;
  index->relam = method;
  index->opfamily = &family;
  index->indexcollations = &collation;
  index->ncolumns = index->nkeycolumns = 1;
  conditions =
      (List*)DatumGetPointer(OidFunctionCall1(get_func_support(function), PointerGetDatum(&request)));
  if (conditions == NIL) return NULL;
  support = make_support(method, family, InvalidOid, strategy_in(family, linitial(conditions)));
  support->condition = (Node*)make_ands_explicit(conditions);
  support->lossy = request.lossy;
  return support;
}

/*
 * Of PgaSupport: how the function's own support function would turn the clause into conditions on an index
 * over argument number `argument`: a LIKE with a fixed prefix becomes a range.
 */
List* pga_supports_of_function(PlannerInfo* root, RelOptInfo* rel, Oid function, Node* clause, int argument,
                               Node* key, Oid collation) {
  Oid type = getBaseType(exprType(key));
  List* supports = NIL;
  ListCell* cell;

  if (!OidIsValid(get_func_support(function))) return NIL;
  for (int i = 0; i < lengthof(kMethods); i++)
    foreach (cell, families_of_type(kMethods[i], type)) {
      PgaSupport* support = ask_support_function(root, rel, function, clause, argument, kMethods[i],
                                                 lfirst_oid(cell), collation);

      if (!support) continue;
      support->operator_class = class_of_family(kMethods[i], lfirst_oid(cell), type);
      supports = lappend(supports, support);
    }
  return supports;
}

/* As DDL has it; empty for the default class of the key's type. */
static const char* class_name(const PgaSupport* support, Node* key) {
  HeapTuple tuple;
  Form_pg_opclass class;
  const char* name;

  if (GetDefaultOpClass(exprType(key), support->method) == support->operator_class) return "";
  tuple = SearchSysCache1(CLAOID, ObjectIdGetDatum(support->operator_class));
  if (!HeapTupleIsValid(tuple)) return "";
  class = (Form_pg_opclass)GETSTRUCT(tuple);
  name = class->opcnamespace == PG_CATALOG_NAMESPACE
             ? quote_identifier(NameStr(class->opcname))
             : quote_qualified_identifier(get_namespace_name(class->opcnamespace), NameStr(class->opcname));
  name = pstrdup(name);
  ReleaseSysCache(tuple);
  return name;
}

/* "supports":[...] */
void pga_emit_supports(StringInfo out, RelOptInfo* rel, Oid relid, Node* key, List* supports) {
  ListCell* cell;

  appendStringInfoString(out, "\"supports\":[");
  foreach (cell, supports) {
    PgaSupport* support = lfirst(cell);

    pga_separate(out);
    appendStringInfo(out, "{\"strategy\":%d,", support->strategy);
    pga_emit_text(out, "method", get_am_name(support->method));
    appendStringInfoChar(out, ',');
    pga_emit_text(out, "operator_class", class_name(support, key));
    appendStringInfoChar(out, ',');
    pga_emit_text(out, "condition",
                  support->condition ? pga_deparse(rel->relid, relid, support->condition) : "");
    appendStringInfoChar(out, ',');
    pga_emit_flag(out, "exact", !support->lossy);
    appendStringInfoChar(out, '}');
  }
  appendStringInfoChar(out, ']');
}
