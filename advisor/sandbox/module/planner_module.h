/*
 * The planner module of the sandbox: makes PostgreSQL's planner believe that a database without rows is
 * production.
 *
 * All state belongs to one session: sizes and candidates (sizes.c), which another may take over (beliefs.c),
 * and prepared statements (prepare.c). Every planner run of ours goes through pga_plan(), which says which
 * candidates are visible; in all other planning candidates are hidden. Functions the C++ side calls are named
 * pgadvisor_*, what the files share is named pga_*.
 */
#ifndef PGADVISOR_PLANNER_MODULE_H
#define PGADVISOR_PLANNER_MODULE_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/params.h"
#include "nodes/pathnodes.h"
#include "nodes/plannodes.h"
#include "storage/itemptr.h"
#include "utils/array.h"
#include "utils/hsearch.h"

/* What the planner shall believe of a table or index, and whether that is a candidate. */
typedef struct PgaRelation {
  Oid relation; /* hash key */
  bool sized;   /* the four numbers below were set */
  double pages;
  double tuples; /* < 0: never counted */
  double all_visible;
  int tree_height;
  Oid candidate;           /* InvalidOid: no candidate; else the first index of the candidate */
  Oid table;               /* of a candidate's index: its own table */
  Oid asked;               /* of a candidate's first index: the table named in CREATE INDEX */
  List* members;           /* of a candidate's first index: all its indexes, one on each partition */
  bool hidden;             /* an existing index that no planner run sees: pgadvisor_hide() */
  ItemPointerData ends_of; /* of an index: the row of pg_statistic whose ends it holds, as far as known */
} PgaRelation;

typedef struct PgaStatement {
  int32 id;              /* hash key */
  MemoryContext context; /* holds all below */
  List* queries;         /* of Query, analysed and rewritten, never scribbled on */
  Oid* parameter_types;
  int parameter_count;
  char* text;
} PgaStatement;

/* A sorted set of candidates. */
typedef struct PgaVisible {
  Oid* candidates;
  int count;
} PgaVisible;

/* sizes.c */
extern PgaRelation* pga_find_relation(Oid relation);
extern PgaRelation* pga_enter_relation(Oid relation);
extern void pga_forget_relation(Oid relation);
extern void pga_forget_relations(void);
extern void pga_scan_relations(HASH_SEQ_STATUS* scan);
extern void pga_tell_planner(PlannerInfo* root, Oid relation, bool inhparent, RelOptInfo* rel);
extern void pga_show(const PgaVisible* visible);
extern bool pga_is_shown(Oid candidate);
extern double pga_tree_tuples(Oid parent);

/* index_lists.c */
extern void pga_shorten_index_list(Oid table);
extern void pga_read_index_list(Oid table);
extern void pga_update_index_lists(const PgaVisible* visible);

/*
 * ends.c. A slot of pg_statistic with two values, the column's lowest and highest; a kind for private use
 * (pg_statistic.h).
 */
#define PGA_STATISTIC_KIND_ENDS 17432

extern void pga_fill_ends(Oid index);

/* prepare.c */
extern PgaStatement* pga_find_statement(int32 id);
extern void pga_lock_relations(PgaStatement* statement);

/* role.c */
typedef struct PgaPowers {
  Oid user;
  int security_context;
  int guc_level;
} PgaPowers;

extern void pga_drop_powers(PgaPowers* powers);
extern void pga_take_powers(const PgaPowers* powers);

/* cost.c */
extern void pga_begin_planning(PgaStatement* statement, PgaPowers* powers);
extern List* pga_plan(PgaStatement* statement, const PgaVisible* visible);
extern void pga_read_visible(PgaVisible* visible, const Datum* oids, int count);

/* probes.c */
extern void pga_note_paths(PlannerInfo* root, RelOptInfo* final);
extern double pga_take_overlooked(void);

/* probe_order.c: how much of the order of what they read probes come in, 0 to 1 */
typedef struct PgaProbeOrder {
  double kept;
  double lost; /* to a candidate's order */
} PgaProbeOrder;

extern bool pga_reads_candidate(Path* path); /* a scan, or a part of a bitmap scan */
extern PgaProbeOrder pga_order_of_probes(PlannerInfo* root, Path* outer, IndexPath* probes);

/* walk.c */
typedef void (*PgaVisit)(Plan* plan, void* context);

extern void pga_visit_plan(Plan* plan, PgaVisit visit, void* context);
extern void pga_visit_all(PlannedStmt* statement, PgaVisit visit, void* context);

/* scans.c */
extern void pga_note_scan(PlannerInfo* root, RelOptInfo* rel, Index rti, RangeTblEntry* rte);

/* terms.c: expressions over one base relation, as an index would have them. */
typedef struct PgaTerm {
  AttrNumber column;      /* a user column, or InvalidAttrNumber */
  const char* expression; /* deparsed, when it is no column */
} PgaTerm;

extern Node* pga_strip(Node* node);
extern bool pga_make_term(RelOptInfo* rel, Oid relid, Node* node, PgaTerm* term);
extern bool pga_indexable(RelOptInfo* rel, Node* node);
extern bool pga_has_parameter(Node* node);
extern Relids pga_relations_of(PlannerInfo* root, Node* node);
extern char* pga_deparse(Index varno, Oid relid, Node* node);
extern Oid pga_btree_family(Node* key);
extern void pga_emit_term(StringInfo out, Oid relid, const PgaTerm* term);
extern void pga_emit_name(StringInfo out, Oid relid);
extern void pga_emit_operator(StringInfo out, Oid op);
extern void pga_emit_columns(StringInfo out, const char* name, Oid relid, Bitmapset* attributes);

/* supports.c: an operator class that could serve a clause, by its operator or by a condition derived of it.
 */
typedef struct PgaSupport {
  Oid method;
  Oid family;
  Oid operator_class;
  int strategy;
  Node* condition; /* NULL: the clause itself */
  bool lossy;      /* the condition lets rows through that the clause does not */
} PgaSupport;

extern List* pga_supports_of_operator(Node* key, Oid op, char purpose);
extern List* pga_supports_of_function(PlannerInfo* root, RelOptInfo* rel, Oid function, Node* clause,
                                      int argument, Node* key, Oid collation);
extern void pga_emit_supports(StringInfo out, RelOptInfo* rel, Oid relid, Node* key, List* supports);

/* shapes.c: a clause seen from one of its relations. */
typedef struct PgaShape {
  const char* kind; /* the words of planner_answers.cpp */
  PgaTerm term;
  Node* key;      /* NULL: nothing that an index could have as key */
  Oid op;         /* as `key op value` */
  Oid collation;  /* the clause compares by */
  Node* value;    /* NULL: there is none */
  List* supports; /* of PgaSupport */
} PgaShape;

extern void pga_shape_clause(PlannerInfo* root, RelOptInfo* rel, Oid relid, Node* clause, PgaShape* shape);
extern bool pga_shape_distance(PlannerInfo* root, RelOptInfo* rel, Oid relid, OpExpr* distance,
                               PgaShape* shape);

/* clauses.c */
extern void pga_emit_shape(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid,
                           const PgaShape* shape);
extern void pga_emit_clause(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid,
                            RestrictInfo* info);
extern void pga_emit_clauses(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid);

/* joins.c */
extern List* pga_class_members(EquivalenceClass* class, RelOptInfo* rel);
extern void pga_emit_joins(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid);

/* orders.c */
extern void pga_emit_orders(StringInfo out, PlannerInfo* root, RelOptInfo* rel, Oid relid);

/* json.c */
extern void pga_emit_text(StringInfo out, const char* name, const char* text);
extern void pga_emit_flag(StringInfo out, const char* name, bool flag);
extern void pga_separate(StringInfo out);

/* writes.c */
extern void pga_emit_writes(StringInfo out, List* queries);

#endif
