/* What a BRIN index keeps of one range of blocks. */
#ifndef PGADVISOR_BRIN_SUMMARY_H
#define PGADVISOR_BRIN_SUMMARY_H

#include "key_facts.h"

typedef struct PgaSummary PgaSummary;

extern PgaSummary* pga_new_summary(Relation index);
/* A value that some row of the table has in a column of the index. */
extern void pga_add_to_summary(PgaSummary* summary, Datum value);
/* Ends a column (from 0): as many of its values as one range has, `different` of the table's values, go into
 * the summary. `order` is the correlation with the order of the rows. */
extern void pga_summarize(PgaSummary* summary, int position, double different, double order, double rows);
extern double pga_summary_bytes(PgaSummary* summary);
extern int pga_summary_range(const PgaSummary* summary); /* blocks */

#endif
