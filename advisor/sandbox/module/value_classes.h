/* The classes of values in which an index column is described to the size model. */
#ifndef PGADVISOR_VALUE_CLASSES_H
#define PGADVISOR_VALUE_CLASSES_H

#include "key_facts.h"

/* What the values of a sample that are not known one by one were drawn from. */
typedef struct PgaPopulation {
  double size;         /* rows, or different inputs where the sample has each once */
  double most_values;  /* an upper bound */
  double known_values; /* > 0: exactly so many */
  bool many_a_row;     /* keys of which one row holds several */
  bool unique;         /* ANALYZE saw no two equal rows */
  double mean_width;   /* of all values, where ANALYZE measured it; else 0 */
} PgaPopulation;

/* Appends [share of the index's rows, number of values, bytes]. */
extern void pga_emit_class(StringInfo out, double share, double values, int width);
/*
 * Appends [share of the index's rows, number of values, bytes] of each class; returns the bytes of all
 * values, weighted by their share of the table's rows. Leaves `outcomes` sorted.
 */
extern double pga_emit_classes(StringInfo out, PgaOutcomes* outcomes, const PgaPopulation* population);
/* Appends the classes of a plain column: its most common values, and each bucket of its histogram. */
extern void pga_emit_buckets(StringInfo out, const PgaSample* sample, int width);
/* Appends the class of a column's values that the sample lacks: `share` of the rows, `bytes` are those it
 * has. */
extern void pga_emit_unseen(StringInfo out, const PgaSample* sample, double share, double bytes,
                            double values);

/*
 * value_limits.c: values of an index column that `rows` rows have, if they are drawn from all numbers of the
 * sample's range, or from all texts of the sample's form. At most `rows`.
 */
extern double pga_most_values(const PgaOutcomes* outcomes, Form_pg_attribute attribute, double rows);

#endif
