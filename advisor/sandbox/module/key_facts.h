/* What an index's size depends on, asked of the types, operator classes and statistics themselves. */
#ifndef PGADVISOR_KEY_FACTS_H
#define PGADVISOR_KEY_FACTS_H

#include "planner_module.h"

#include "nodes/bitmapset.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* One value that ANALYZE saw, or, between two bounds of a histogram of integers or times, may have seen. */
typedef struct PgaValue {
  Datum value;
  bool null;
  bool common;  /* a most common value: the share is its own */
  double share; /* of the table's rows */
} PgaValue;

/* Frequencies are floats: what they leave of one may be a rounding error. */
#define UNSEEN_NOTHING 1e-4

/* A histogram's buckets: equally many rows each, but not equally many values. */
typedef struct PgaBuckets {
  int count;
  double share;   /* of the rows that are not NULL, each */
  double most;    /* values that are possible in all of them */
  double* span;   /* of those, the share that each may have */
  double* values; /* different ones that there are; 0: unknown */
} PgaBuckets;

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
  bool unique; /* ANALYZE saw no value twice */
  PgaBuckets buckets;
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
/* Values that ANALYZE did not keep, being too wide, are taken to be like those it kept. */
extern void pga_spread_unseen(PgaSample* sample);
/* Types whose values are numbers of steps, like integers and times; `length` of the type. */
extern bool pga_has_steps(Oid type);
extern int64 pga_to_steps(Datum value, int length);
extern uint64 pga_greatest_divisor(uint64 a, uint64 b);
/* Of the table's order with that of the values, -1 to 1; 0: not known. A pg_statistic tuple. */
extern double pga_correlation(HeapTuple statistics);

/*
 * distinct_values.c: different values of `all` rows, where ANALYZE estimated so many from a sample, `common`
 * of which are its most common ones; sets those of the buckets.
 */
extern double pga_count_values(PgaBuckets* buckets, double estimate, int common, double sampled, double all);

/* range_samples.c: ranges made of the bounds that ANALYZE kept; no more than `most` different ones. */
extern bool pga_read_ranges(HeapTuple statistics, AttStatsSlot* ranges, double* most);

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
