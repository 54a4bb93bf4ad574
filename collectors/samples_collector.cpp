#include "collectors/samples_collector.hpp"

#include "collectors/row_reading.hpp"

namespace pgadvisor::collectors {

namespace {

/// The outer join answers the time even when there is no session. The last bytes of a full buffer may be
/// missing: PostgreSQL cuts before a character of several bytes (pg_mbcliplen).
std::string samples_sql() {
  return "SELECT " + microseconds("n.now") +
         ", a.datname, a.query FROM (SELECT pg_catalog.clock_timestamp() AS now) n "
         "LEFT JOIN pg_catalog.pg_stat_activity a ON a.backend_type = 'client backend' "
         "AND a.datname IS NOT NULL AND a.query <> '' AND a.query_start <= n.now AND " +
         microseconds("a.query_start") +
         " > $1::bigint AND a.pid <> pg_catalog.pg_backend_pid() AND pg_catalog.octet_length(a.query) < "
         "pg_catalog.pg_size_bytes(pg_catalog.current_setting('track_activity_query_size')) - 4";
}

}  // namespace

boost::asio::awaitable<model::Result<model::SamplePoll>> collect_samples(
    pg::Connection& connection, std::optional<model::Timestamp> since) {
  pg::Parameters parameters{std::nullopt};
  if (since) parameters.front() = std::to_string(since->time_since_epoch().count());
  const auto rows = co_await connection.query(samples_sql(), std::move(parameters));
  if (!rows) co_return rows.error();
  model::SamplePoll poll;
  poll.taken_at = timestamp(*rows, 0, 0);
  for (int row = 0; row < rows->size(); ++row) {
    if (!rows->is_null(row, 1)) poll.texts.push_back({rows->string(row, 1), rows->string(row, 2)});
  }
  co_return poll;
}

}  // namespace pgadvisor::collectors
