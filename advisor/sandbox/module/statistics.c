/*
 * Rows of pg_statistic and values of extended statistics, as ANALYZE stores them, from their text forms: SQL
 * alone cannot make them, and input functions of the monitored database's types (checks of domains within
 * composite types, ...) shall not run with a superuser's powers.
 */
#include "planner_module.h"

#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_statistic_ext.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "nodes/nodeFuncs.h"
#include "statistics/extended_stats_internal.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

/* The elements of an array argument, as many as expected. */
static Datum* elements_of(FunctionCallInfo fcinfo, int argument, Oid type, int expected, bool** nulls) {
  ArrayType* array = PG_GETARG_ARRAYTYPE_P(argument);
  Datum* elements;
  int16 length;
  bool by_value;
  char alignment;
  int count;

  get_typlenbyvalalign(type, &length, &by_value, &alignment);
  deconstruct_array(array, type, length, by_value, alignment, &elements, nulls, &count);
  if (expected >= 0 && count != expected)
    ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
                    errmsg("argument %d has %d elements, expected are %d", argument, count, expected)));
  return elements;
}

static int length_of(FunctionCallInfo fcinfo, int argument) {
  ArrayType* array = PG_GETARG_ARRAYTYPE_P(argument);

  return ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
}

static Datum array_from_text(Datum written, Oid element) {
  return OidFunctionCall3(F_ARRAY_IN, CStringGetDatum(TextDatumGetCString(written)),
                          ObjectIdGetDatum(element), Int32GetDatum(-1));
}

/*
 * pgadvisor_statistic(relation oid, number int2, inherited bool, null_fraction float4, width int4,
 *                     distinct float4, kinds int2[], operators oid[], collations oid[], numbers text[],
 *                     element_types oid[], values text[]) -> pg_statistic
 *
 * The last six hold one element a slot; kind 0 leaves a slot empty.
 */
PG_FUNCTION_INFO_V1(pgadvisor_statistic);
Datum pgadvisor_statistic(PG_FUNCTION_ARGS) {
  Datum row[Natts_pg_statistic];
  bool nulls[Natts_pg_statistic] = {false};
  bool *no_numbers, *no_values, *unused;
  Datum* kinds = elements_of(fcinfo, 6, INT2OID, STATISTIC_NUM_SLOTS, &unused);
  Datum* operators = elements_of(fcinfo, 7, OIDOID, STATISTIC_NUM_SLOTS, &unused);
  Datum* collations = elements_of(fcinfo, 8, OIDOID, STATISTIC_NUM_SLOTS, &unused);
  Datum* numbers = elements_of(fcinfo, 9, TEXTOID, STATISTIC_NUM_SLOTS, &no_numbers);
  Datum* types = elements_of(fcinfo, 10, OIDOID, STATISTIC_NUM_SLOTS, &unused);
  Datum* values = elements_of(fcinfo, 11, TEXTOID, STATISTIC_NUM_SLOTS, &no_values);
  TupleDesc descriptor;
  PgaPowers powers;

  if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
    ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("a row of pg_statistic is expected")));
  for (int i = 0; i < 6; i++) row[i] = PG_GETARG_DATUM(i);
  pga_drop_powers(&powers);
  for (int slot = 0; slot < STATISTIC_NUM_SLOTS; slot++) {
    int number = Anum_pg_statistic_stanumbers1 - 1 + slot, value = Anum_pg_statistic_stavalues1 - 1 + slot;

    row[Anum_pg_statistic_stakind1 - 1 + slot] = kinds[slot];
    row[Anum_pg_statistic_staop1 - 1 + slot] = operators[slot];
    row[Anum_pg_statistic_stacoll1 - 1 + slot] = collations[slot];
    nulls[number] = no_numbers[slot];
    nulls[value] = no_values[slot];
    if (!nulls[number]) row[number] = array_from_text(numbers[slot], FLOAT4OID);
    if (!nulls[value]) row[value] = array_from_text(values[slot], DatumGetObjectId(types[slot]));
  }
  pga_take_powers(&powers);
  return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), row, nulls));
}

/*
 * pgadvisor_type_operators(type oid) -> oid[]: what values of it are analysed as: the base type, = and <, as
 * ANALYZE takes them (analyze.c, std_typanalyze()); 0 where there is none.
 */
PG_FUNCTION_INFO_V1(pgadvisor_type_operators);
Datum pgadvisor_type_operators(PG_FUNCTION_ARGS) {
  Oid type = getBaseType(PG_GETARG_OID(0));
  TypeCacheEntry* entry = lookup_type_cache(type, TYPECACHE_EQ_OPR | TYPECACHE_LT_OPR);
  Datum facts[] = {ObjectIdGetDatum(type), ObjectIdGetDatum(entry->eq_opr), ObjectIdGetDatum(entry->lt_opr)};

  PG_RETURN_ARRAYTYPE_P(construct_array(facts, lengthof(facts), OIDOID, sizeof(Oid), true, TYPALIGN_INT));
}

/* How many attributes a combination has, of those that are left. */
static int combination_length(Datum length, int left, int number) {
  int count = DatumGetInt32(length);

  if (count < 2 || count > STATS_MAX_DIMENSIONS || count > left)
    ereport(ERROR,
            (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("combination %d has a wrong length", number)));
  return count;
}

/* pgadvisor_ndistinct(attributes int2[], lengths int4[], values float8[]) -> pg_ndistinct
 *
 * `attributes` holds those of one combination after the other, `lengths` says how many each has. */
PG_FUNCTION_INFO_V1(pgadvisor_ndistinct);
Datum pgadvisor_ndistinct(PG_FUNCTION_ARGS) {
  int count = length_of(fcinfo, 1), next = 0, available = length_of(fcinfo, 0);
  bool* unused;
  Datum* attributes = elements_of(fcinfo, 0, INT2OID, -1, &unused);
  Datum* lengths = elements_of(fcinfo, 1, INT4OID, count, &unused);
  Datum* values = elements_of(fcinfo, 2, FLOAT8OID, count, &unused);
  MVNDistinct* all = palloc0(offsetof(MVNDistinct, items) + count * sizeof(MVNDistinctItem));

  all->magic = STATS_NDISTINCT_MAGIC;
  all->type = STATS_NDISTINCT_TYPE_BASIC;
  all->nitems = count;
  for (int i = 0; i < count; i++) {
    MVNDistinctItem* item = &all->items[i];
    int length = combination_length(lengths[i], available - next, i);

    item->ndistinct = DatumGetFloat8(values[i]);
#if PG_VERSION_NUM >= 140000
    item->nattributes = length;
    item->attributes = palloc(sizeof(AttrNumber) * length);
    for (int k = 0; k < length; k++) item->attributes[k] = DatumGetInt16(attributes[next++]);
#else
    for (int k = 0; k < length; k++)
      item->attrs = bms_add_member(item->attrs, DatumGetInt16(attributes[next++]));
#endif
  }
  PG_RETURN_BYTEA_P(statext_ndistinct_serialize(all));
}

/* pgadvisor_dependencies(attributes int2[], lengths int4[], degrees float8[]) -> pg_dependencies
 *
 * As above; the last attribute of each depends on the others. */
PG_FUNCTION_INFO_V1(pgadvisor_dependencies);
Datum pgadvisor_dependencies(PG_FUNCTION_ARGS) {
  int count = length_of(fcinfo, 1), next = 0, available = length_of(fcinfo, 0);
  bool* unused;
  Datum* attributes = elements_of(fcinfo, 0, INT2OID, -1, &unused);
  Datum* lengths = elements_of(fcinfo, 1, INT4OID, count, &unused);
  Datum* degrees = elements_of(fcinfo, 2, FLOAT8OID, count, &unused);
  MVDependencies* all = palloc0(offsetof(MVDependencies, deps) + count * sizeof(MVDependency*));

  all->magic = STATS_DEPS_MAGIC;
  all->type = STATS_DEPS_TYPE_BASIC;
  all->ndeps = count;
  for (int i = 0; i < count; i++) {
    int length = combination_length(lengths[i], available - next, i);
    MVDependency* item = palloc0(offsetof(MVDependency, attributes) + length * sizeof(AttrNumber));

    item->degree = DatumGetFloat8(degrees[i]);
    item->nattributes = length;
    for (int k = 0; k < length; k++) item->attributes[k] = DatumGetInt16(attributes[next++]);
    all->deps[i] = item;
  }
  PG_RETURN_BYTEA_P(statext_dependencies_serialize(all));
}

/* What statext_mcv_serialize() asks of a dimension. */
static VacAttrStats* dimension(Oid type, Oid collation) {
  VacAttrStats* stats = palloc0(sizeof(VacAttrStats));
  HeapTuple tuple = SearchSysCacheCopy1(TYPEOID, ObjectIdGetDatum(type));

  if (!HeapTupleIsValid(tuple))
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("type %u does not exist", type)));
  stats->attrtypid = type;
  stats->attrcollid = collation;
  stats->attrtype = (Form_pg_type)GETSTRUCT(tuple);
  return stats;
}

/*
 * pgadvisor_mcv_list(types oid[], collations oid[], values text[], nulls bool[], frequencies float8[],
 *                    base_frequencies float8[]) -> pg_mcv_list
 *
 * `values` and `nulls` hold one item after the other, each with a value of every type.
 */
PG_FUNCTION_INFO_V1(pgadvisor_mcv_list);
Datum pgadvisor_mcv_list(PG_FUNCTION_ARGS) {
  int dimensions = length_of(fcinfo, 0), items = length_of(fcinfo, 4);
  bool *unused, *no_values;
  Datum* types = elements_of(fcinfo, 0, OIDOID, -1, &unused);
  Datum* collations = elements_of(fcinfo, 1, OIDOID, dimensions, &unused);
  Datum* values = elements_of(fcinfo, 2, TEXTOID, items * dimensions, &no_values);
  Datum* nulls = elements_of(fcinfo, 3, BOOLOID, items * dimensions, &unused);
  Datum* frequencies = elements_of(fcinfo, 4, FLOAT8OID, items, &unused);
  Datum* base_frequencies = elements_of(fcinfo, 5, FLOAT8OID, items, &unused);
  MCVList* list = palloc0(offsetof(MCVList, items) + items * sizeof(MCVItem));
  VacAttrStats* stats[STATS_MAX_DIMENSIONS];
  PgaPowers powers;

  if (dimensions < 2 - (PG_VERSION_NUM >= 140000) || dimensions > STATS_MAX_DIMENSIONS ||
      items > STATS_MCVLIST_MAX_ITEMS)
    ereport(ERROR,
            (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("%d items of %d values", items, dimensions)));
  list->magic = STATS_MCV_MAGIC;
  list->type = STATS_MCV_TYPE_BASIC;
  list->nitems = items;
  list->ndimensions = dimensions;
  for (int k = 0; k < dimensions; k++) {
    list->types[k] = DatumGetObjectId(types[k]);
    stats[k] = dimension(list->types[k], DatumGetObjectId(collations[k]));
  }
  pga_drop_powers(&powers);
  for (int i = 0; i < items; i++) {
    MCVItem* item = &list->items[i];

    item->frequency = DatumGetFloat8(frequencies[i]);
    item->base_frequency = DatumGetFloat8(base_frequencies[i]);
    item->isnull = palloc0(sizeof(bool) * dimensions);
    item->values = palloc0(sizeof(Datum) * dimensions);
    for (int k = 0; k < dimensions; k++) {
      int position = i * dimensions + k;
      Oid input, parameter;

      item->isnull[k] = no_values[position] || DatumGetBool(nulls[position]);
      if (item->isnull[k]) continue;
      /* The values were checked when they were stored: the base type spares a domain's checks. */
      getTypeInputInfo(getBaseType(list->types[k]), &input, &parameter);
      item->values[k] = OidInputFunctionCall(input, TextDatumGetCString(values[position]), parameter, -1);
    }
  }
  pga_take_powers(&powers);
  PG_RETURN_BYTEA_P(statext_mcv_serialize(list, stats));
}

/* pgadvisor_expression_types(object oid) -> oid[]: of the expressions of a statistics object, type and
 * collation of each in turn. */
PG_FUNCTION_INFO_V1(pgadvisor_expression_types);
Datum pgadvisor_expression_types(PG_FUNCTION_ARGS) {
  ArrayBuildState* types = initArrayResult(OIDOID, CurrentMemoryContext, false);
#if PG_VERSION_NUM >= 140000
  HeapTuple tuple = SearchSysCache1(STATEXTOID, PG_GETARG_DATUM(0));
  bool none;
  Datum expressions;
  ListCell* cell;

  if (!HeapTupleIsValid(tuple))
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                    errmsg("statistics object %u does not exist", PG_GETARG_OID(0))));
  expressions = SysCacheGetAttr(STATEXTOID, tuple, Anum_pg_statistic_ext_stxexprs, &none);
  if (!none) {
    foreach (cell, (List*)stringToNode(TextDatumGetCString(expressions))) {
      types = accumArrayResult(types, ObjectIdGetDatum(exprType(lfirst(cell))), false, OIDOID,
                               CurrentMemoryContext);
      types = accumArrayResult(types, ObjectIdGetDatum(exprCollation(lfirst(cell))), false, OIDOID,
                               CurrentMemoryContext);
    }
  }
  ReleaseSysCache(tuple);
#endif
  return makeArrayResult(types, CurrentMemoryContext);
}
