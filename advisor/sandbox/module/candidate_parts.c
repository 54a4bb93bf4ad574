/* A candidate on a partitioned table has an index on each partition, each of a size of its own. */
#include "planner_module.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "storage/block.h"
#include "utils/array.h"

#include <math.h>

/* pgadvisor_candidate_parts(candidate oid) -> oid[]: its indexes, in ordinary tables the candidate itself. */
PG_FUNCTION_INFO_V1(pgadvisor_candidate_parts);
Datum pgadvisor_candidate_parts(PG_FUNCTION_ARGS) {
  PgaRelation* entry = pga_find_relation(PG_GETARG_OID(0));
  int count = entry ? list_length(entry->members) : 0;
  Datum* oids = palloc(sizeof(Datum) * Max(count, 1));

  for (int i = 0; i < count; i++) oids[i] = ObjectIdGetDatum(list_nth_oid(entry->members, i));
  PG_RETURN_ARRAYTYPE_P(construct_array(oids, count, OIDOID, sizeof(Oid), true, TYPALIGN_INT));
}

/* pgadvisor_set_part_size(index oid, pages float8, tuples float8, tree_height int) */
PG_FUNCTION_INFO_V1(pgadvisor_set_part_size);
Datum pgadvisor_set_part_size(PG_FUNCTION_ARGS) {
  double pages = PG_GETARG_FLOAT8(1), tuples = PG_GETARG_FLOAT8(2);
  PgaRelation* entry;

  if (!(pages >= 0) || isinf(pages) || isnan(tuples) || isinf(tuples))
    ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
                    errmsg("size of index %u is out of range", PG_GETARG_OID(0))));
  entry = pga_enter_relation(PG_GETARG_OID(0));
  entry->sized = true;
  entry->pages = Min(rint(pages), (double)MaxBlockNumber);
  entry->tuples = tuples;
  entry->tree_height = PG_GETARG_INT32(3);
  pga_fill_ends(entry->relation);
  PG_RETURN_VOID();
}
