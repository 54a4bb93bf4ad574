/* The keys of GIN indexes: of one value, and of a column whose elements ANALYZE counted. */
#ifndef PGADVISOR_GIN_KEYS_H
#define PGADVISOR_GIN_KEYS_H

#include "key_facts.h"

#include "fmgr.h"

typedef struct PgaGinColumn {
  FmgrInfo extract; /* extractValue of the operator class */
  Oid collation;
} PgaGinColumn;

/* Bytes a key takes in the index; sets its image. */
typedef int (*PgaMeasure)(Datum key, const char** bytes, int* length, void* context);

extern PgaGinColumn* pga_gin_column(Relation index, int position);
extern void pga_take_gin_keys(PgaOutcomes* outcomes, Datum value, double share, PgaGinColumn* column,
                              PgaMeasure measure, void* context);
/* Appends the classes of an array's or tsvector's elements; false: they were not counted. */
extern bool pga_emit_elements(StringInfo out, Relation table, const PgaSample* sample, double rows,
                              PgaMeasure measure, void* context);

#endif
