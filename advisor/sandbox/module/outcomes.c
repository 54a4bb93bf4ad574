/* What an index would hold of a table's rows: keys and predicate evaluated over the values that ANALYZE saw.
 */
#include "key_facts.h"

#include "executor/executor.h"
#include "optimizer/optimizer.h"

/* Rows put together from several columns, taken to be independent. */
#define MADE_UP_ROWS 3000

typedef struct Evaluation {
  EState* state;
  ExprContext* context;
  TupleTableSlot* slot;
  ExprState* key;
  ExprState* predicate; /* NULL: every row */
  PgaTake take;
  void* take_context;
  PgaOutcomes* outcomes;
} Evaluation;

void pga_add_outcome(PgaOutcomes* outcomes, const char* bytes, int length, int width, double share,
                     bool common) {
  PgaOutcome* added;

  if (outcomes->count == outcomes->most) {
    outcomes->most = Max(1024, 2 * outcomes->most);
    outcomes->values = outcomes->values ? repalloc(outcomes->values, sizeof(PgaOutcome) * outcomes->most)
                                        : palloc(sizeof(PgaOutcome) * outcomes->most);
  }
  added = &outcomes->values[outcomes->count++];
  added->bytes = bytes;
  added->length = length;
  added->width = width;
  added->input = outcomes->inputs;
  added->common = common;
  added->share = share;
}

int pga_compare_outcomes(const void* a, const void* b) {
  const PgaOutcome *x = a, *y = b;
  int order = memcmp(x->bytes, y->bytes, Min(x->length, y->length));

  return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

/* Sets one column of the row. */
static void put(TupleTableSlot* slot, const PgaSample* sample, const PgaValue* value) {
  slot->tts_values[sample->column - 1] = value->value;
  slot->tts_isnull[sample->column - 1] = value->null;
}

static void clear_row(TupleTableSlot* slot) {
  ExecClearTuple(slot);
  memset(slot->tts_isnull, true, slot->tts_tupleDescriptor->natts);
}

/* The row in the slot stands for this share of the table's. Results live as long as the caller's context. */
static void evaluate_row(Evaluation* run, double share, bool common) {
  bool null;
  Datum value;

  CHECK_FOR_INTERRUPTS();
  ExecStoreVirtualTuple(run->slot);
  run->context->ecxt_scantuple = run->slot;
  run->outcomes->rows += share;
  if (run->predicate && !ExecQual(run->predicate, run->context)) return;
  run->outcomes->passed += share;
  value = ExecEvalExpr(run->key, run->context, &null);
  if (null)
    run->outcomes->nulls += share;
  else
    run->take(run->outcomes, value, share, common, run->take_context);
  run->outcomes->inputs++;
}

static void evaluate_values(Evaluation* run, const PgaSample* sample) {
  for (int i = 0; i < sample->count; i++) {
    clear_row(run->slot);
    put(run->slot, sample, &sample->values[i]);
    evaluate_row(run, sample->values[i].share, sample->values[i].common);
  }
}

/* A value by its share: `point` of the way from the first to the last. */
static const PgaValue* pick(const PgaSample* sample, double point) {
  double total = 0;
  int i = 0;

  for (int one = 0; one < sample->count; one++) total += sample->values[one].share;
  for (double left = point * total; i < sample->count - 1 && left >= sample->values[i].share; i++)
    left -= sample->values[i].share;
  return &sample->values[i];
}

/*
 * The n-th row takes of each column the value at a point that walks through it by a step of its own: additive
 * recurrences of square roots fill the unit cube evenly.
 */
static void evaluate_combinations(Evaluation* run, List* samples) {
  for (int row = 0; row < MADE_UP_ROWS; row++) {
    int column = 0;
    ListCell* cell;

    clear_row(run->slot);
    foreach (cell, samples) {
      static const double roots[] = {0.41421356237309515, 0.73205080756887719, 0.23606797749978981,
                                     0.6457513110645906,  0.3166247903553998,  0.60555127546398912};
      double point = (row + 1) * roots[column++ % lengthof(roots)];
      const PgaSample* sample = lfirst(cell);

      if (sample->count > 0) put(run->slot, sample, pick(sample, point - (int64)point));
    }
    evaluate_row(run, 1.0 / MADE_UP_ROWS, false);
  }
}

/* Memory of the results is the current context's, and so is that of everything else here. */
PgaOutcomes* pga_evaluate(Relation table, Node* key, List* predicate, List* samples, PgaTake take,
                          void* take_context) {
  Evaluation run = {.state = CreateExecutorState(), .take = take, .take_context = take_context};
  PgaOutcomes* outcomes = palloc0(sizeof(PgaOutcomes));

  run.outcomes = outcomes;
  run.context = CreateExprContext(run.state);
  run.slot = MakeSingleTupleTableSlot(RelationGetDescr(table), &TTSOpsVirtual);
  run.key = ExecPrepareExpr((Expr*)key, run.state);
  run.predicate = predicate == NIL ? NULL : ExecPrepareQual(predicate, run.state);
  if (list_length(samples) == 1)
    evaluate_values(&run, linitial(samples));
  else
    evaluate_combinations(&run, samples);
  ExecDropSingleTupleTableSlot(run.slot);
  return outcomes;
}
