/* What the size of an index depends on, as its own operator classes and the table's statistics have it. */
#include "key_facts.h"

#include "access/genam.h"
#include "access/gist_private.h"
#include "access/nbtree.h"
#include "access/relation.h"
#include "catalog/pg_am.h"
#include "commands/defrem.h"
#include "fmgr.h"
#include "nodes/nodeFuncs.h"
#include "stored_keys.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timeout.h"
#include "value_classes.h"

/* Expressions run functions of the monitored database: milliseconds they may take for one index. */
#define EVALUATION_TIMEOUT 3000
/* Of a column or expression without statistics: DEFAULT_NUM_DISTINCT in selfuncs.h. */
#define UNKNOWN_VALUES 200

typedef struct Facts {
  Relation index;
  Relation table;
  double rows;
  bool evaluate; /* expressions and predicates; else they are guessed by their types */
  List* expressions;
  List* predicate;
  GISTSTATE* gist;     /* NULL: keys are stored as they are */
  PgaSummary* summary; /* NULL: no BRIN index */
  StringInfo out;
} Facts;

/* What the sample's values were drawn from. */
static PgaPopulation population_of(const Facts* facts, const PgaSource* source, const PgaStored* stored,
                                   const PgaOutcomes* outcomes) {
  const PgaSample* sample = linitial(source->samples);
  PgaPopulation population = {.size = facts->rows,
                              .most_values = 1,
                              .many_a_row = stored->gin != NULL,
                              .unique = list_length(source->samples) == 1 && sample->unique};
  int common = 0;
  double all = 0, kept = 0;
  ListCell* cell;

  foreach (cell, source->samples) {
    double distinct = ((PgaSample*)lfirst(cell))->distinct;

    population.most_values =
        Min(facts->rows, population.most_values * Max(1, distinct > 0 ? distinct : UNKNOWN_VALUES));
  }
  if (!IsA(source->key, Var) && !population.many_a_row)
    population.most_values =
        Min(population.most_values,
            pga_most_values(outcomes, TupleDescAttr(stored->single, 0), facts->rows * (1 - sample->nulls)));
  if (list_length(source->samples) > 1 || population.many_a_row) return population;
  for (int i = 0; i < sample->count; i++) {
    common += sample->values[i].common && !sample->values[i].null;
    all += sample->values[i].common ? 0 : sample->values[i].share;
  }
  for (int i = 0; i < outcomes->count; i++)
    kept += outcomes->values[i].common ? 0 : outcomes->values[i].share;
  population.most_values = Max(1, population.most_values - common);
  if (!sample->drawn) population.size = population.most_values;
  if (!IsA(source->key, Var)) return population;
  if (all > 0) population.known_values = Max(1, population.most_values * Min(1, kept / all));
  if (source->predicate == NIL && sample->unseen < UNSEEN_NOTHING && !stored->gist)
    population.mean_width = sample->width;
  return population;
}

/* A column of which no value is known, or which may not be evaluated. */
static void emit_guess(Facts* facts, const PgaSource* source, const PgaStored* stored) {
  Oid type = exprType(source->key);
  const PgaSample* sample = source->samples == NIL ? NULL : linitial(source->samples);
  /* Types that ANALYZE cannot count the values of, like points, are those of GiST: hardly two are equal. */
  double unknown = facts->gist ? facts->rows : UNKNOWN_VALUES;
  double values = sample && sample->distinct > 0 ? sample->distinct : Min(unknown, Max(1, facts->rows));
  double width = pga_guess_width(stored, IsA(source->key, Var) && sample
                                             ? sample->width
                                             : get_typavgwidth(type, exprTypmod(source->key)));
  double nulls = sample ? sample->nulls : 0;

  appendStringInfo(facts->out, ",\"nulls\":%.9g,\"passed\":1,\"classes\":[", nulls);
  if (nulls < 1) appendStringInfo(facts->out, "[%.9g,%.9g,%d]", 1 - nulls, values, (int)Max(1, width));
  appendStringInfoChar(facts->out, ']');
}

static void take(PgaOutcomes* outcomes, Datum value, double share, bool common, void* context) {
  PgaStored* stored = context;
  PgaOutcome outcome = {0};

  if (stored->gin) {
    pga_take_gin_keys(outcomes, value, share, stored->gin, pga_measure, stored);
    return;
  }
  if (stored->summary) pga_add_to_summary(stored->summary, value);
  outcome.width = pga_measure(value, &outcome.bytes, &outcome.length, stored);
  pga_add_outcome(outcomes, outcome.bytes, outcome.length, outcome.width, share, common);
}

static void emit_values(Facts* facts, PgaSource* source, PgaStored* stored) {
  PgaOutcomes* outcomes =
      pga_evaluate(source->relation, source->key, source->predicate, source->samples, take, stored);
  const PgaSample* sample = linitial(source->samples);
  double passed = outcomes->passed, bytes;
  PgaPopulation population;

  if (sample->unseen > 0) passed = outcomes->passed = 1; /* there is no predicate then */
  if (passed <= 0) /* the predicate wants what the sample lacks: any values then, as many as there are rows */
    outcomes = pga_evaluate(source->relation, source->key, NIL, source->samples, take, stored);
  population = population_of(facts, source, stored, outcomes);
  appendStringInfo(facts->out, ",\"nulls\":%.9g,\"passed\":%.9g,\"classes\":[",
                   outcomes->nulls / outcomes->passed, passed);
  bytes = pga_emit_classes(facts->out, outcomes, &population);
  if (sample->unseen > UNSEEN_NOTHING)
    pga_emit_unseen(facts->out, sample, sample->unseen, bytes, population.most_values);
  appendStringInfoChar(facts->out, ']');
}

static bool emit_elements(Facts* facts, PgaSource* source, PgaStored* stored) {
  const PgaSample* sample = source->samples == NIL ? NULL : linitial(source->samples);
  int start = facts->out->len;

  if (!stored->gin || !IsA(source->key, Var) || !sample || !stored->elements) return false;
  appendStringInfo(facts->out, ",\"nulls\":%.9g,\"passed\":1,\"classes\":[", sample->nulls);
  if (pga_emit_elements(facts->out, source->relation, sample, facts->rows, pga_measure, stored)) {
    appendStringInfoChar(facts->out, ']');
    return true;
  }
  facts->out->len = start;
  facts->out->data[start] = '\0';
  return false;
}

/* Of a plain column more is known than the values of a sample. */
static bool emit_buckets(Facts* facts, const PgaSource* source, const PgaStored* stored) {
  const PgaSample* sample = source->samples == NIL ? NULL : linitial(source->samples);

  if (!sample || !sample->drawn || !IsA(source->key, Var) || source->predicate != NIL || stored->gin ||
      stored->gist || stored->summary)
    return false;
  appendStringInfo(facts->out, ",\"nulls\":%.9g,\"passed\":1,\"classes\":[", sample->nulls);
  pga_emit_buckets(facts->out, sample, TupleDescAttr(stored->single, 0)->attlen);
  appendStringInfoChar(facts->out, ']');
  return true;
}

static void emit_column(Facts* facts, int position, Node* expression) {
  Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(facts->index), position);
  PgaStored* stored = pga_stored(facts->index, position, facts->gist);
  PgaSource source =
      pga_make_source(facts->index, facts->table, position, expression, facts->predicate, facts->rows);
  bool plain = IsA(source.key, Var);
  const PgaSample* sample = list_length(source.samples) == 1 ? linitial(source.samples) : NULL;
  double order = plain && sample ? sample->correlation : 0;
  ListCell* cell;

  stored->summary = facts->summary;
  if (!plain || source.predicate != NIL || stored->gin || stored->gist || stored->hash)
    foreach (cell, source.samples) pga_spread_unseen(lfirst(cell));

  appendStringInfo(facts->out, "{\"length\":%d,\"alignment\":%d,\"signature\":%s,\"order\":%.9g",
                   attribute->attlen, (int)att_align_nominal(1, attribute->attalign),
                   pga_is_signature(stored) ? "true" : "false", order);
  if (emit_elements(facts, &source, stored) || emit_buckets(facts, &source, stored)) {
    /* done */
  } else if (pga_is_known(&source) && (plain || facts->evaluate)) {
    emit_values(facts, &source, stored);
  } else {
    emit_guess(facts, &source, stored);
  }
  appendStringInfoChar(facts->out, '}');
  if (facts->summary)
    pga_summarize(facts->summary, position, plain && sample ? sample->distinct : facts->rows, order,
                  facts->rows);
}

static void emit_columns(Facts* facts) {
  Form_pg_index form = facts->index->rd_index;
  int next = 0;

  appendStringInfoString(facts->out, ",\"columns\":[");
  for (int i = 0; i < form->indnatts; i++) {
    if (i > 0) appendStringInfoChar(facts->out, ',');
    emit_column(facts, i, form->indkey.values[i] == 0 ? list_nth(facts->expressions, next++) : NULL);
  }
  appendStringInfoChar(facts->out, ']');
}

/* Deduplication is decided when the index is built, and the metapage keeps it (_bt_allequalimage()). */
static bool deduplicates(Relation index) {
  bool heap_key_space, all_equal_image;

  if (index->rd_rel->relam != BTREE_AM_OID) return false;
  _bt_metaversion(index, &heap_key_space, &all_equal_image);
  return all_equal_image && !index->rd_index->indisunique && BTGetDeduplicateItems(index);
}

/* gistbuild(): from sorted tuples when every operator class can sort them. */
static bool sorts(Relation index) {
#if PG_VERSION_NUM >= 140000
  if (index->rd_rel->relam != GIST_AM_OID) return false;
  for (int i = 0; i < index->rd_index->indnkeyatts; i++)
    if (!OidIsValid(index_getprocid(index, i + 1, GIST_SORTSUPPORT_PROC))) return false;
  return true;
#else
  return false;
#endif
}

/*
 * pgadvisor_key_facts(index oid, rows float8, evaluate boolean) -> text: a JSON object.
 *
 * `rows` are those of its table. With `evaluate` expressions and the predicate are evaluated over the values
 * that ANALYZE kept, as the powerless role and for a few seconds at most; functions of the monitored database
 * may fail.
 */
PG_FUNCTION_INFO_V1(pgadvisor_key_facts);
Datum pgadvisor_key_facts(PG_FUNCTION_ARGS) {
  StringInfoData out;
  PgaPowers powers;
  Facts facts = {.index = index_open(PG_GETARG_OID(0), AccessShareLock),
                 .rows = PG_GETARG_FLOAT8(1),
                 .evaluate = PG_GETARG_BOOL(2),
                 .out = &out};

  facts.table = relation_open(facts.index->rd_index->indrelid, AccessShareLock);
  facts.expressions = RelationGetIndexExpressions(facts.index);
  if (facts.evaluate) facts.predicate = RelationGetIndexPredicate(facts.index);
  if (facts.index->rd_rel->relam == GIST_AM_OID) facts.gist = initGISTstate(facts.index);
  if (facts.index->rd_rel->relam == BRIN_AM_OID) facts.summary = pga_new_summary(facts.index);
  initStringInfo(&out);
  appendStringInfo(&out, "{\"method\":\"%s\",\"keys\":%d,\"deduplicates\":%s,\"sorted_build\":%s",
                   get_am_name(facts.index->rd_rel->relam), facts.index->rd_index->indnkeyatts,
                   deduplicates(facts.index) ? "true" : "false", sorts(facts.index) ? "true" : "false");
  enable_timeout_after(STATEMENT_TIMEOUT, EVALUATION_TIMEOUT);
  pga_drop_powers(&powers);
  emit_columns(&facts);
  if (facts.summary)
    appendStringInfo(&out, ",\"summary\":%g,\"range\":%d", pga_summary_bytes(facts.summary),
                     pga_summary_range(facts.summary));
  pga_take_powers(&powers);
  appendStringInfoString(&out, ",\"combinations\":[");
  pga_emit_combinations(&out, facts.index, facts.table, facts.rows);
  appendStringInfoString(&out, "]}");
  relation_close(facts.table, AccessShareLock);
  index_close(facts.index, AccessShareLock);
  PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
