/* What gincostestimate() reads from the metapage of a GIN index: an empty one of ours says what was
 * predicted. */
#include "planner_module.h"

#include "access/genam.h"
#include "access/gin_private.h"
#include "catalog/pg_am.h"
#include "fmgr.h"
#include "storage/block.h"
#include "storage/lmgr.h"
#include "utils/rel.h"

#include <math.h>

static BlockNumber to_blocks(double pages) {
  return pages > 0 ? (BlockNumber)Min(rint(pages), (double)MaxBlockNumber) : 0;
}

/* pgadvisor_set_gin_contents(index oid, entry_pages float8, data_pages float8, entries float8) */
PG_FUNCTION_INFO_V1(pgadvisor_set_gin_contents);
Datum pgadvisor_set_gin_contents(PG_FUNCTION_ARGS) {
  Relation index = index_open(PG_GETARG_OID(0), RowExclusiveLock);
  GinStatsData contents = {.nEntryPages = to_blocks(PG_GETARG_FLOAT8(1)),
                           .nDataPages = to_blocks(PG_GETARG_FLOAT8(2)),
                           .nEntries = (int64)Min(Max(rint(PG_GETARG_FLOAT8(3)), 0), 1e15)};

  contents.nTotalPages = 1 + contents.nEntryPages + contents.nDataPages;
  if (index->rd_rel->relam == GIN_AM_OID) ginUpdateStats(index, &contents, true);
  index_close(index, RowExclusiveLock);
  PG_RETURN_VOID();
}
