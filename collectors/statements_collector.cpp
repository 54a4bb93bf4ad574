#include "collectors/statements_collector.hpp"

#include "collectors/row_reading.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace pgadvisor::collectors {

namespace {

constexpr const char* kFindSql =
    "SELECT pg_catalog.current_database(), current_user, "
    "pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'), "
    "EXISTS (SELECT FROM pg_catalog.pg_settings WHERE name = 'pg_stat_statements.max'), "
    "e.extversion, n.nspname, pg_catalog.has_schema_privilege(n.oid, 'USAGE') "
    "FROM (SELECT 1) one LEFT JOIN pg_catalog.pg_extension e ON e.extname = 'pg_stat_statements' "
    "LEFT JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace";

constexpr const char* kPreloadFix =
    "set shared_preload_libraries = 'pg_stat_statements' in postgresql.conf and restart PostgreSQL";

StatementsExtension parse_version(const std::string& version, std::string schema) {
  StatementsExtension extension{std::move(schema)};
  const auto dot = std::min(version.find('.'), version.size());
  std::from_chars(version.data(), version.data() + dot, extension.major);
  if (dot < version.size()) {
    std::from_chars(version.data() + dot + 1, version.data() + version.size(), extension.minor);
  }
  return extension;
}

/// The one row of kFindSql, judged.
model::Result<StatementsExtension> judge(const pg::Rows& rows) {
  const std::string database = sql::quote_identifier(rows.text(0, 0));
  const std::string role = sql::quote_identifier(rows.text(0, 1));
  const bool preloaded = rows.boolean(0, 3);
  const std::string create = fmt::format("CREATE EXTENSION pg_stat_statements in database {}", database);
  if (rows.is_null(0, 4)) {
    return model::give_up("pg_stat_statements is not installed in database " + database,
                          preloaded ? create : fmt::format("{}, then {}", kPreloadFix, create));
  }
  if (!preloaded) return model::give_up("pg_stat_statements is installed but not loaded", kPreloadFix);
  const auto extension = parse_version(rows.string(0, 4), rows.string(0, 5));
  if (extension.major < 1 || (extension.major == 1 && extension.minor < 8)) {
    return model::give_up(fmt::format("pg_stat_statements {} is older than 1.8", rows.text(0, 4)),
                          "ALTER EXTENSION pg_stat_statements UPDATE in database " + database);
  }
  if (!rows.boolean(0, 2)) {
    return model::give_up(fmt::format("role {} does not see the statements of other roles", role),
                          fmt::format("GRANT pg_read_all_stats TO {}", role));
  }
  if (!rows.boolean(0, 6)) {
    const std::string schema = sql::quote_identifier(extension.schema);
    return model::give_up(fmt::format("role {} may not use schema {} of pg_stat_statements", role, schema),
                          fmt::format("GRANT USAGE ON SCHEMA {} TO {}", schema, role));
  }
  return extension;
}

bool at_least(const StatementsExtension& extension, int minor) {
  return extension.major > 1 || extension.minor >= minor;
}

std::string key_columns(const StatementsExtension& extension) {
  return fmt::format("s.dbid, s.userid, s.queryid, {}", at_least(extension, 9) ? "s.toplevel" : "true");
}

std::string counters_sql(const StatementsExtension& extension) {
  return fmt::format(
      "SELECT {}, s.calls, s.total_exec_time, s.rows, s.shared_blks_hit, s.shared_blks_read, "
      "s.shared_blks_dirtied, "
      "s.temp_blks_written, s.wal_bytes, {} FROM {}.pg_stat_statements(false) s WHERE s.queryid IS NOT NULL",
      key_columns(extension), at_least(extension, 11) ? microseconds("s.stats_since") : "NULL::bigint",
      sql::quote_identifier(extension.schema));
}

/// The server's clock, and what became of the extension as a whole.
std::string info_sql(const StatementsExtension& extension) {
  const std::string now = microseconds("pg_catalog.clock_timestamp()");
  if (!at_least(extension, 9)) return fmt::format("SELECT {}, NULL::bigint, NULL::bigint", now);
  return fmt::format("SELECT {}, i.dealloc, {} FROM {}.pg_stat_statements_info() i", now,
                     microseconds("i.stats_reset"), sql::quote_identifier(extension.schema));
}

model::StatementKey read_key(const pg::Rows& rows, int row) {
  return {oid(rows, row, 0), oid(rows, row, 1), static_cast<model::QueryId>(rows.integer(row, 2)),
          rows.boolean(row, 3)};
}

model::StatementSample read_sample(const pg::Rows& rows, int row) {
  model::StatementSample sample;
  sample.key = read_key(rows, row);
  auto& counters = sample.counters;
  counters.calls = rows.integer(row, 4);
  counters.total_time = model::Milliseconds(rows.real(row, 5));
  counters.rows = rows.integer(row, 6);
  counters.shared_blocks_hit = rows.integer(row, 7);
  counters.shared_blocks_read = rows.integer(row, 8);
  counters.shared_blocks_dirtied = rows.integer(row, 9);
  counters.temp_blocks_written = rows.integer(row, 10);
  counters.wal_bytes = rows.integer(row, 11);
  sample.stats_since = optional_timestamp(rows, row, 12);
  return sample;
}

std::string query_id_array(const std::vector<model::StatementKey>& keys) {
  std::vector<std::int64_t> ids;
  ids.reserve(keys.size());
  for (const auto& key : keys) ids.push_back(static_cast<std::int64_t>(key.query_id));
  return fmt::format("{{{}}}", fmt::join(ids, ","));
}

}  // namespace

boost::asio::awaitable<model::Result<StatementsExtension>> find_statements_extension(
    pg::Connection& connection) {
  const auto rows = co_await connection.query(kFindSql);
  if (!rows) co_return rows.error();
  co_return judge(*rows);
}

boost::asio::awaitable<model::Result<model::StatementPoll>> collect_statements(
    pg::Connection& connection, StatementsExtension extension) {
  const auto info = co_await connection.query(info_sql(extension));
  if (!info) co_return info.error();
  const auto rows = co_await connection.query(counters_sql(extension));
  if (!rows) co_return rows.error();
  model::StatementPoll poll;
  poll.taken_at = timestamp(*info, 0, 0);
  if (!info->is_null(0, 1)) poll.evictions = info->integer(0, 1);
  poll.stats_reset = optional_timestamp(*info, 0, 2);
  poll.statements.reserve(static_cast<std::size_t>(rows->size()));
  for (int row = 0; row < rows->size(); ++row) poll.statements.push_back(read_sample(*rows, row));
  co_return poll;
}

boost::asio::awaitable<model::Result<std::vector<model::StatementText>>> collect_statement_texts(
    pg::Connection& connection, StatementsExtension extension, std::vector<model::StatementKey> keys) {
  // Texts beyond 1 MB are refused by redact() in any case: cut just above that.
  std::string sql = fmt::format(
      "SELECT {}, pg_catalog.left(s.query, 1048577) FROM {}.pg_stat_statements(true) s "
      "WHERE s.queryid = ANY ($1::bigint[]) AND s.query IS NOT NULL",
      key_columns(extension), sql::quote_identifier(extension.schema));
  pg::Parameters parameters{query_id_array(keys)};
  const auto rows = co_await connection.query(std::move(sql), std::move(parameters));
  if (!rows) co_return rows.error();
  const std::set<model::StatementKey> wanted(keys.begin(), keys.end());
  std::vector<model::StatementText> texts;
  for (int row = 0; row < rows->size(); ++row) {
    const auto key = read_key(*rows, row);
    if (wanted.contains(key)) texts.push_back({key, rows->string(row, 4)});
  }
  co_return texts;
}

}  // namespace pgadvisor::collectors
