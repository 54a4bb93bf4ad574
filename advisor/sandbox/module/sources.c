/* What is evaluated for a column of an index, and over the values of which columns. */
#include "key_facts.h"

#include "access/relation.h"
#include "access/sysattr.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"

static Bitmapset* columns_of(Node* node) {
  Bitmapset* columns = NULL;

  pull_varattnos(node, 1, &columns);
  return columns;
}

/* Those parts of the predicate that say something about these columns; their columns are added. */
static List* touching(List* predicate, Bitmapset** columns) {
  List* parts = NIL;
  Bitmapset* all = bms_copy(*columns);
  ListCell* cell;

  foreach (cell, predicate) {
    Bitmapset* own = columns_of(lfirst(cell));

    if (!bms_overlap(own, *columns)) continue;
    parts = lappend(parts, lfirst(cell));
    all = bms_add_members(all, own);
  }
  *columns = all;
  return parts;
}

static void read_samples(PgaSource* source, Bitmapset* columns, double rows) {
  int column = -1;

  while ((column = bms_next_member(columns, column)) >= 0) {
    AttrNumber number = column + FirstLowInvalidHeapAttributeNumber;

    if (number > 0)
      source->samples = lappend(source->samples, pga_sample_column(source->relation, number, rows));
  }
}

/* Another index with the same expression has statistics of its results: those are read instead. */
static bool use_analysed(Relation table, PgaSource* source, double rows) {
  ListCell* cell;

  foreach (cell, RelationGetIndexList(table)) {
    Relation index = relation_open(lfirst_oid(cell), AccessShareLock);
    List* expressions = RelationGetIndexExpressions(index);
    int next = 0;

    for (int i = 0; i < index->rd_index->indnkeyatts; i++) {
      PgaSample* sample;

      if (index->rd_index->indkey.values[i] != 0 || !equal(list_nth(expressions, next++), source->key))
        continue;
      sample = pga_sample_column(index, i + 1, rows);
      if (sample->unseen == 1) continue;
      source->relation = index;
      source->samples = list_make1(sample);
      source->key =
          (Node*)makeVar(1, i + 1, TupleDescAttr(RelationGetDescr(index), i)->atttypid, -1, InvalidOid, 0);
      return true;
    }
    relation_close(index, NoLock);
  }
  return false;
}

PgaSource pga_make_source(Relation index, Relation table, int position, Node* expression, List* predicate,
                          double rows) {
  AttrNumber column = index->rd_index->indkey.values[position];
  PgaSource source = {.relation = table, .key = expression};
  Bitmapset* columns;

  if (column > 0) {
    Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(table), column - 1);

    source.key =
        (Node*)makeVar(1, column, attribute->atttypid, attribute->atttypmod, attribute->attcollation, 0);
  }
  columns = columns_of(source.key);
  source.predicate = touching(predicate, &columns);
  if (column > 0 || source.predicate != NIL || !use_analysed(table, &source, rows))
    read_samples(&source, columns, rows);
  return source;
}

bool pga_is_known(const PgaSource* source) {
  ListCell* cell;

  foreach (cell, source->samples)
    if (((PgaSample*)lfirst(cell))->count == 0) return false;
  return source->samples != NIL;
}
