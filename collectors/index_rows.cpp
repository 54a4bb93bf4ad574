#include "collectors/index_rows.hpp"

#include "collectors/row_reading.hpp"
#include "collectors/sql/parentheses.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::collectors {

namespace {

/// Columns of definitions_sql().
struct KeyRow {
  enum Field {
    kIndex,
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
};

/// Collation 100 is "default".
constexpr const char* kSql = R"(
SELECT i.indexrelid, n.nspname, t.relname, am.amname, k.n <= i.indnkeyatts, a.attname,
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
WHERE {}
ORDER BY i.indexrelid, k.n)";

model::IndexKey to_key(const pg::Rows& rows, int row) {
  model::IndexKey key;
  key.column = rows.string(row, KeyRow::kColumn);
  if (key.column.empty()) key.expression = sql::strip_parentheses(rows.text(row, KeyRow::kText));
  key.operator_class = rows.string(row, KeyRow::kOperatorClass);
  key.collation = rows.string(row, KeyRow::kCollation);
  key.descending = (rows.integer(row, KeyRow::kOption) & kDescending) != 0;
  key.nulls_first = (rows.integer(row, KeyRow::kOption) & kNullsFirst) != 0;
  return key;
}

}  // namespace

std::string definitions_sql(const std::string& table, const std::string& condition) {
  return fmt::format(kSql, table, condition);
}

std::map<model::Oid, model::IndexDefinition> definitions_of(const pg::Rows& rows) {
  std::map<model::Oid, model::IndexDefinition> definitions;
  for (int row = 0; row < rows.size(); ++row) {
    auto& definition = definitions[oid(rows, row, KeyRow::kIndex)];
    definition.table = object_name(rows, row, KeyRow::kSchema);
    definition.method = rows.string(row, KeyRow::kMethod);
    definition.predicate = sql::strip_parentheses(rows.text(row, KeyRow::kPredicate));
    if (rows.boolean(row, KeyRow::kIsKey)) {
      definition.keys.push_back(to_key(rows, row));
    } else {
      definition.include.push_back(rows.string(row, KeyRow::kColumn));
    }
  }
  for (auto& [index, definition] : definitions)
    std::sort(definition.include.begin(), definition.include.end());
  return definitions;
}

}  // namespace pgadvisor::collectors
