/* What an index stores of a value. */
#include "stored_keys.h"

#include "access/detoast.h"
#include "access/genam.h"
#include "access/hash.h"
#include "access/heaptoast.h"
#include "access/htup_details.h"
#include "access/toast_internals.h"
#include "catalog/pg_am.h"
#include "catalog/pg_type.h"
#include "fmgr.h"

#include <math.h>

PgaStored* pga_stored(Relation index, int position, struct GISTSTATE* gist) {
  PgaStored* stored = palloc0(sizeof(PgaStored));
  bool is_key = position < index->rd_index->indnkeyatts;

  stored->index = index;
  stored->position = position;
  stored->single = CreateTemplateTupleDesc(1);
  TupleDescCopyEntry(stored->single, 1, RelationGetDescr(index), position + 1);
  stored->gist = is_key && gist && OidIsValid(gist->compressFn[position].fn_oid) ? gist : NULL;
  stored->input = is_key ? index->rd_opcintype[position] : InvalidOid;
  if (index->rd_rel->relam == HASH_AM_OID)
    stored->hash = index_getprocinfo(index, position + 1, HASHSTANDARD_PROC);
  if (index->rd_rel->relam == GIN_AM_OID) stored->gin = pga_gin_column(index, position);
  stored->elements = stored->input == ANYARRAYOID || stored->input == TSVECTOROID;
  return stored;
}

/* As index_form_tuple() makes it, without what it does to tuples. */
static Datum stored_form(Form_pg_attribute attribute, Datum value) {
  Datum compressed;

  if (attribute->attlen != -1) return value;
  value = PointerGetDatum(detoast_external_attr((struct varlena*)DatumGetPointer(value)));
  if (VARATT_IS_EXTENDED(DatumGetPointer(value)) || VARSIZE(DatumGetPointer(value)) <= TOAST_INDEX_TARGET ||
      (attribute->attstorage != TYPSTORAGE_EXTENDED && attribute->attstorage != TYPSTORAGE_MAIN))
    return value;
#if PG_VERSION_NUM >= 140000
  compressed = toast_compress_datum(value, attribute->attcompression);
#else
  compressed = toast_compress_datum(value);
#endif
  return DatumGetPointer(compressed) ? compressed : value;
}

/* What the operator class makes of it for a leaf tuple. */
static Datum compressed_by_gist(const PgaStored* stored, Datum value) {
  FmgrInfo* compress = &stored->gist->compressFn[stored->position];
  GISTENTRY entry;

  gistentryinit(entry, value, stored->index, NULL, 0, true);
  return ((GISTENTRY*)DatumGetPointer(FunctionCall1Coll(
              compress, stored->gist->supportCollation[stored->position], PointerGetDatum(&entry))))
      ->key;
}

/* Equal images are equal values, as deduplication has it. */
static void set_image(Form_pg_attribute attribute, Datum value, const char** bytes, int* length) {
  *bytes = DatumGetPointer(value);
  *length = attribute->attlen;
  if (attribute->attbyval) {
    *bytes = memcpy(palloc(sizeof(Datum)), &value, sizeof(Datum));
    *length = sizeof(Datum);
  } else if (attribute->attlen == -1) {
    struct varlena* plain = pg_detoast_datum_packed((struct varlena*)DatumGetPointer(value));

    *bytes = VARDATA_ANY(plain);
    *length = VARSIZE_ANY_EXHDR(plain);
  } else if (attribute->attlen == -2) {
    *length = strlen(*bytes);
  }
}

bool pga_is_signature(const PgaStored* stored) {
  Form_pg_attribute attribute = TupleDescAttr(stored->single, 0);

  return stored->gist && attribute->attlen == -1 && attribute->atttypid != stored->input;
}

double pga_guess_width(const PgaStored* stored, double width) {
  Form_pg_attribute attribute = TupleDescAttr(stored->single, 0);

  if (attribute->attlen > 0) return attribute->attlen;
  /* A hash code of four bytes for each word of twelve or so in the value, after two headers (tsgistidx.c). */
  return pga_is_signature(stored) ? 8 + 4 * floor(width / 14) : width;
}

int pga_measure(Datum value, const char** bytes, int* length, void* context) {
  const PgaStored* stored = context;
  Form_pg_attribute attribute = TupleDescAttr(stored->single, 0);
  bool null = false;

  if (stored->gist) value = compressed_by_gist(stored, value);
  if (stored->hash)
    value = FunctionCall1Coll(stored->hash, stored->index->rd_indcollation[stored->position], value);
  set_image(attribute, value, bytes, length);
  if (attribute->attlen > 0) return attribute->attlen;
  value = stored_form(attribute, value);
  return (int)heap_compute_data_size(stored->single, &value, &null);
}
