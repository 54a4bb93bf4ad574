/* How the values of one index column are stored. */
#ifndef PGADVISOR_STORED_KEYS_H
#define PGADVISOR_STORED_KEYS_H

#include "key_facts.h"

#include "access/gist_private.h"
#include "gin_keys.h"

typedef struct PgaStored {
  Relation index;
  int position;      /* of the column, from 0 */
  TupleDesc single;  /* of that column alone */
  GISTSTATE* gist;   /* NULL: its operator class changes nothing */
  PgaGinColumn* gin; /* NULL: one key a value */
  bool elements;     /* the keys are the elements that ANALYZE counts */
} PgaStored;

extern PgaStored* pga_stored(Relation index, int position, GISTSTATE* gist);
/* A PgaMeasure; `context` is a PgaStored. */
extern int pga_measure(Datum value, const char** bytes, int* length, void* context);

#endif
