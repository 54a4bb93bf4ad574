#include "advisor/sandbox/candidate_definition.hpp"

#include "advisor/sandbox/planner_answers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::sandbox {

namespace {

enum Field {
  kSchema,
  kTable,
  kMethod,
  kIsKey,
  kColumn,
  kText,
  kOperatorClass,
  kCollation,
  kOption,
  kPredicate
};

// pg_index.indoption, as in catalog/pg_index.h and access/itup.h.
constexpr std::int64_t kDescending = 1;
constexpr std::int64_t kNullsFirst = 2;

model::IndexKey to_key(const pg::Rows& rows, int row) {
  model::IndexKey key;
  key.column = rows.string(row, kColumn);
  if (key.column.empty()) key.expression = strip_parentheses(rows.text(row, kText));
  key.operator_class = rows.string(row, kOperatorClass);
  key.collation = rows.string(row, kCollation);
  key.descending = (rows.integer(row, kOption) & kDescending) != 0;
  key.nulls_first = (rows.integer(row, kOption) & kNullsFirst) != 0;
  return key;
}

}  // namespace

// The table is the one CREATE INDEX named; on a partitioned one the candidate's first index is on a
// partition, whose column names are the same. Collation 100 is "default".
std::string definition_query(std::string_view table) {
  return fmt::format(R"(
SELECT n.nspname, t.relname, am.amname, k.n <= i.indnkeyatts, a.attname,
       pg_catalog.pg_get_indexdef(i.indexrelid, k.n, false),
       CASE WHEN k.n <= i.indnkeyatts AND NOT opc.opcdefault THEN
         CASE WHEN NOT pg_catalog.pg_opclass_is_visible(opc.oid) THEN pg_catalog.quote_ident(opcn.nspname) || '.'
         ELSE '' END || pg_catalog.quote_ident(opc.opcname) END,
       CASE WHEN k.n <= i.indnkeyatts AND coll.oid IS NOT NULL AND coll.oid <> coalesce(a.attcollation, 100) THEN
         CASE WHEN NOT pg_catalog.pg_collation_is_visible(coll.oid) THEN pg_catalog.quote_ident(colln.nspname) || '.'
         ELSE '' END || pg_catalog.quote_ident(coll.collname) END,
       CASE WHEN k.n <= i.indnkeyatts THEN i.indoption[k.n - 1] ELSE 0 END,
       pg_catalog.pg_get_expr(i.indpred, i.indrelid)
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_am am ON am.oid = c.relam
JOIN pg_catalog.pg_class t ON t.oid = {}
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
CROSS JOIN LATERAL pg_catalog.generate_series(1, i.indnatts) AS k(n)
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.n - 1] AND a.attnum > 0
LEFT JOIN pg_catalog.pg_opclass opc ON k.n <= i.indnkeyatts AND opc.oid = i.indclass[k.n - 1]
LEFT JOIN pg_catalog.pg_namespace opcn ON opcn.oid = opc.opcnamespace
LEFT JOIN pg_catalog.pg_collation coll ON k.n <= i.indnkeyatts AND coll.oid = i.indcollation[k.n - 1]
LEFT JOIN pg_catalog.pg_namespace colln ON colln.oid = coll.collnamespace
WHERE i.indexrelid = $1
ORDER BY k.n)",
                     table);
}

model::IndexDefinition to_definition(const pg::Rows& rows) {
  model::IndexDefinition definition;
  definition.table = {rows.string(0, kSchema), rows.string(0, kTable)};
  definition.method = rows.string(0, kMethod);
  definition.predicate = strip_parentheses(rows.text(0, kPredicate));
  for (int row = 0; row < rows.size(); ++row) {
    if (rows.boolean(row, kIsKey)) {
      definition.keys.push_back(to_key(rows, row));
    } else {
      definition.include.push_back(rows.string(row, kColumn));
    }
  }
  std::sort(definition.include.begin(), definition.include.end());
  return definition;
}

}  // namespace pgadvisor::sandbox
