#include "collectors/compared_values.hpp"

#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::collectors {

namespace {

/// pg_qualstats cuts literals at PGQS_CONSTANT_SIZE, 80 bytes with the end: one that may have been cut is any
/// other. Arrays stand for IN lists. Other operators that are called = are not the default one of any type.
std::string values_sql(const model::Extension& extension) {
  return fmt::format(
      "SELECT q.queryid, n.nspname, c.relname, a.attname, l.literal, sum(q.occurences)::bigint AS executions "
      "FROM {}.pg_qualstats q "
      "CROSS JOIN LATERAL (SELECT CASE WHEN pg_catalog.octet_length(q.constvalue) < 79 "
      "THEN pg_catalog.regexp_replace(q.constvalue, '::[^'']*$', '') ELSE '' END AS literal) l "
      "JOIN pg_catalog.pg_class c ON c.oid = q.lrelid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "JOIN pg_catalog.pg_attribute a ON a.attrelid = q.lrelid AND a.attnum = q.lattnum "
      "JOIN pg_catalog.pg_operator o ON o.oid = q.opno AND o.oprname = '=' "
      "AND o.oprnamespace = 'pg_catalog'::pg_catalog.regnamespace "
      "WHERE q.dbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = "
      "pg_catalog.current_database()) "
      "AND q.queryid IS NOT NULL AND q.rrelid IS NULL AND q.constvalue IS NOT NULL AND q.constvalue NOT LIKE "
      "'%[]' "
      "GROUP BY 1, 2, 3, 4, 5 ORDER BY executions DESC, 1, 2, 3, 4, 5 LIMIT 100000",
      sql::quote_identifier(extension.schema));
}

void add_limitation(model::DatabaseSnapshot& snapshot, const std::string& cause) {
  snapshot.limitations.push_back(fmt::format(
      "pg_qualstats could not be read, so which values statements ask for is not known from it: {}", cause));
}

}  // namespace

boost::asio::awaitable<model::Result<void>> add_compared_values(pg::Connection& connection,
                                                                model::DatabaseSnapshot& snapshot) {
  const auto extension = std::ranges::find(snapshot.extensions, "pg_qualstats", &model::Extension::name);
  if (extension == snapshot.extensions.end()) co_return model::Result<void>();
  // Where the library is not loaded at the server's start it counts nothing, and says nothing.
  const auto loaded =
      co_await connection.query("SELECT pg_catalog.current_setting('pg_qualstats.enabled', true)");
  if (!loaded) co_return loaded.error();
  if (loaded->is_null(0, 0)) {
    add_limitation(snapshot, "it is not in shared_preload_libraries (add it there and restart the server)");
    co_return model::Result<void>();
  }
  const auto rows = co_await connection.query(values_sql(*extension));
  if (!rows) {
    if (!connection.usable()) co_return rows.error();
    add_limitation(snapshot, fmt::format("{} (GRANT SELECT ON {}.pg_qualstats)", rows.error().message,
                                         sql::quote_identifier(extension->schema)));
    co_return model::Result<void>();
  }
  for (int row = 0; row < rows->size(); ++row) {
    snapshot.compared_values.push_back({static_cast<model::QueryId>(rows->integer(row, 0)),
                                        {rows->string(row, 1), rows->string(row, 2)},
                                        rows->string(row, 3),
                                        rows->string(row, 4),
                                        rows->integer(row, 5)});
  }
  co_return model::Result<void>();
}

}  // namespace pgadvisor::collectors
