/* What an index's size depends on, asked of the types, operator classes and statistics themselves. */
#ifndef PGADVISOR_KEY_FACTS_H
#define PGADVISOR_KEY_FACTS_H

#include "planner_module.h"

#include "nodes/bitmapset.h"
#include "utils/rel.h"

/* One value that ANALYZE saw, or, between two bounds of a histogram of integers or times, may have seen. */
typedef struct PgaValue {
  Datum value;
  bool null;
  bool common;  /* a most common value: the share is its own */
  double share; /* of the table's rows */
} PgaValue;

/* What pg_statistic says of one table column. */
typedef struct PgaSample {
  AttrNumber column;
  PgaValue* values; /* NULL first, if there is one */
  int count;
  double nulls;    /* share of rows */
  double unseen;   /* share of rows that have a value, none of which is known */
  double width;    /* mean bytes of a value */
  double distinct; /* different values; 0: unknown */
  double correlation;
  bool drawn; /* from the histogram, with repetitions; else each value is there once */
} PgaSample;

/* One value of an index column: what a row of the table, or a share of the rows, has there. */
typedef struct PgaOutcome {
  const char* bytes; /* equal bytes: the same value */
  int length;
  int width;    /* bytes it takes in the index */
  int input;    /* number of the row it came from: equal for equal rows */
  bool common;  /* its share is that of a most common value */
  double share; /* of the index's rows */
} PgaOutcome;

/* All that is known of the values of one index column. */
typedef struct PgaOutcomes {
  PgaOutcome* values;
  int count;
  int inputs;    /* different rows evaluated */
  int most;      /* room in `values` */
  double nulls;  /* share of the index's rows */
  double passed; /* share of the table's rows that satisfy those parts of the predicate about these columns */
  double rows;   /* evaluated, share of the table; sums up to `passed` */
} PgaOutcomes;

/* What is evaluated for one column of the index, and over what. */
typedef struct PgaSource {
  Relation
      relation; /* whose columns `key` names; an index of the table when that has statistics of the key */
  Node* key;
  List* predicate; /* those parts of it that speak of the same columns */
  List* samples;   /* a PgaSample for each column */
} PgaSource;

/* samples.c; `rows` of the table */
extern PgaSample* pga_sample_column(Relation table, AttrNumber column, double rows);

/* outcomes.c: `key` over variables of relation 1, `predicate` an implicitly ANDed list. */
typedef void (*PgaTake)(PgaOutcomes* outcomes, Datum value, double share, bool common, void* context);

extern PgaOutcomes* pga_evaluate(Relation table, Node* key, List* predicate, List* samples, PgaTake take,
                                 void* context);
/* By their bytes; for qsort(). */
extern int pga_compare_outcomes(const void* a, const void* b);
extern void pga_add_outcome(PgaOutcomes* outcomes, const char* bytes, int length, int width, double share,
                            bool common);

/* sources.c: of an index column (from 0); `expression` if it is none of the table's. */
extern PgaSource pga_make_source(Relation index, Relation table, int position, Node* expression,
                                 List* predicate, double rows);
/* Values are known of all its columns. */
extern bool pga_is_known(const PgaSource* source);

/* combinations.c: appends JSON objects, without the brackets. */
extern void pga_emit_combinations(StringInfo out, Relation index, Relation table, double rows);

#endif
