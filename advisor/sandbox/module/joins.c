/* What links one base relation to others: equivalence classes and join clauses. */
#include "planner_module.h"

#include "access/stratnum.h"
#include "catalog/pg_amop.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/restrictinfo.h"
#include "utils/lsyscache.h"

typedef struct JoinTerm {
  PgaTerm term;
  Node* key;
  Oid op; /* as `key op other` */
  bool also_constant;
} JoinTerm;

/* From 18 on the members that stand for children (partitions, arms of UNION ALL) are kept apart. */
List* pga_class_members(EquivalenceClass* class, RelOptInfo* rel) {
#if PG_VERSION_NUM >= 180000
  if (class->ec_childmembers && rel->relid < class->ec_childmembers_size)
    return list_concat_copy(class->ec_members, class->ec_childmembers[rel->relid]);
#endif
  return class->ec_members;
}

static List* add_join(List* joins, const JoinTerm* new) {
  ListCell* cell;
  JoinTerm* join;

  foreach (cell, joins) {
    join = lfirst(cell);
    if (equal(join->key, new->key)) {
      join->also_constant |= new->also_constant;
      return joins;
    }
  }
  join = palloc(sizeof(JoinTerm));
  *join = *new;
  return lappend(joins, join);
}

/* A member that stands for another relation; for an arm of UNION ALL its parent is no other. */
static EquivalenceMember* member_elsewhere(EquivalenceClass* class, RelOptInfo* rel) {
  ListCell* cell;

  foreach (cell, class->ec_members) {
    EquivalenceMember* member = lfirst(cell);

    if (!member->em_is_const && !member->em_is_child && !bms_overlap(member->em_relids, rel->relids) &&
        !bms_overlap(member->em_relids, rel->top_parent_relids))
      return member;
  }
  return NULL;
}

static List* joins_of_class(List* joins, EquivalenceClass* class, RelOptInfo* rel, Oid relid) {
  EquivalenceMember* other = member_elsewhere(class, rel);
  ListCell* cell;

  if (class->ec_has_volatile || !other) return joins;
  foreach (cell, pga_class_members(class, rel)) {
    EquivalenceMember* member = lfirst(cell);
    JoinTerm join = {.key = pga_strip((Node*)member->em_expr), .also_constant = class->ec_has_const};
    Oid family = pga_btree_family(join.key);

    if (member->em_is_const || !bms_equal(member->em_relids, rel->relids) ||
        !list_member_oid(class->ec_opfamilies, family) ||
        (OidIsValid(class->ec_collation) && class->ec_collation != exprCollation(join.key)) ||
        !pga_make_term(rel, relid, join.key, &join.term))
      continue;
    join.op = get_opfamily_member(family, member->em_datatype, other->em_datatype, BTEqualStrategyNumber);
    joins = add_join(joins, &join);
  }
  return joins;
}

/* Equalities of outer joins stay outside the classes. */
static List* join_of_clause(List* joins, PlannerInfo* root, RestrictInfo* info, RelOptInfo* rel, Oid relid) {
  PgaShape shape;

  pga_shape_clause(root, rel, relid, (Node*)info->clause, &shape);
  if (strcmp(shape.kind, "equality") != 0) return joins;
  return add_join(joins, &(JoinTerm){.term = shape.term, .key = shape.key, .op = shape.op});
}

/* "joins":[...] */
static void emit_equalities(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid, List* clauses) {
  List* joins = NIL;
  ListCell* cell;

  foreach (cell, root->eq_classes) joins = joins_of_class(joins, lfirst(cell), rel, relid);
  foreach (cell, clauses) joins = join_of_clause(joins, root, lfirst(cell), rel, relid);
  appendStringInfoString(out, "\"joins\":[");
  foreach (cell, joins) {
    JoinTerm* join = lfirst(cell);
    List* supports = OidIsValid(join->op) ? pga_supports_of_operator(join->key, join->op, AMOP_SEARCH) : NIL;

    pga_separate(out);
    appendStringInfoChar(out, '{');
    pga_emit_term(out, relid, &join->term);
    appendStringInfoChar(out, ',');
    pga_emit_operator(out, join->op);
    appendStringInfoChar(out, ',');
    pga_emit_supports(out, rel, relid, join->key, supports);
    appendStringInfoChar(out, ',');
    pga_emit_flag(out, "also_constant", join->also_constant);
    appendStringInfoChar(out, '}');
  }
  appendStringInfoChar(out, ']');
}

/* "join_clauses":[...]: ranges, operators and ORs that link relations. */
static void emit_others(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid, List* clauses) {
  ListCell* cell;

  appendStringInfoString(out, "\"join_clauses\":[");
  foreach (cell, clauses) {
    RestrictInfo* info = lfirst(cell);
    PgaShape shape;

    pga_shape_clause(root, rel, relid, (Node*)info->clause, &shape);
    if (info->orclause || (strcmp(shape.kind, "equality") != 0 && strcmp(shape.kind, "other") != 0))
      pga_emit_clause(out, root, rel, relid, info);
  }
  appendStringInfoChar(out, ']');
}

/* An index helps the side that is probed for each outer row: of an outer join the nullable one only. */
void pga_emit_joins(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid) {
  List* clauses = NIL;
  ListCell* cell;

  foreach (cell, rel->joininfo)
    if (join_clause_is_movable_to(lfirst_node(RestrictInfo, cell), rel))
      clauses = lappend(clauses, lfirst(cell));
  emit_equalities(out, root, rel, relid, clauses);
  appendStringInfoChar(out, ',');
  emit_others(out, root, rel, relid, clauses);
}
