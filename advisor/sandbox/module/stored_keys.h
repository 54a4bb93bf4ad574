/* How the values of one index column are stored. */
#ifndef PGADVISOR_STORED_KEYS_H
#define PGADVISOR_STORED_KEYS_H

#include "key_facts.h"

#include "access/gist_private.h"
#include "brin_summary.h"
#include "gin_keys.h"

typedef struct PgaStored {
  Relation index;
  int position;        /* of the column, from 0 */
  Oid input;           /* type the operator class takes */
  TupleDesc single;    /* of that column alone */
  GISTSTATE* gist;     /* NULL: its operator class changes nothing */
  PgaGinColumn* gin;   /* NULL: one key a value */
  PgaSummary* summary; /* of a BRIN index */
  FmgrInfo* hash;      /* NULL: what is stored is no hash code */
  bool elements;       /* the keys are the elements that ANALYZE counts */
} PgaStored;

extern PgaStored* pga_stored(Relation index, int position, GISTSTATE* gist);
/* A GiST key of another type than the value's, in which the tree finds values that look alike. */
extern bool pga_is_signature(const PgaStored* stored);
/* Bytes in the index of values of which only their mean width in the table is known. */
extern double pga_guess_width(const PgaStored* stored, double width);
/* A PgaMeasure; `context` is a PgaStored. */
extern int pga_measure(Datum value, const char** bytes, int* length, void* context);

#endif
