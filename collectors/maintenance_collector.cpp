#include "collectors/maintenance_collector.hpp"

#include "collectors/row_reading.hpp"
#include "collectors/sql/maintenance.hpp"

#include <fmt/format.h>

namespace pgadvisor::collectors {

namespace {

using model::MaintenanceKind;

std::string of_progress(const char* view, MaintenanceKind kind, const char* condition) {
  return fmt::format(
      "SELECT datname, relid, {}, NULL::text FROM pg_catalog.{} WHERE datname IS NOT NULL AND relid IS NOT "
      "NULL "
      "AND {}",
      static_cast<int>(kind), view, condition);
}

/// The outer join answers the time even when there is nothing to see.
std::string maintenance_sql(int server_version) {
  std::string sights = of_progress("pg_stat_progress_create_index", MaintenanceKind::kIndexBuild, "true") +
                       " UNION ALL " +
                       of_progress("pg_stat_progress_cluster", MaintenanceKind::kRewrite, "true");
  if (server_version >= 140000) {
    sights += " UNION ALL " + of_progress("pg_stat_progress_copy", MaintenanceKind::kCopy,
                                          "command = 'COPY TO' AND relid <> 0");
  }
  return fmt::format(
      "SELECT {}, m.* FROM (SELECT pg_catalog.clock_timestamp() AS now) n LEFT JOIN ({} UNION ALL "
      "SELECT datname, 0, CASE application_name WHEN 'pg_dump' THEN {} ELSE 0 END, pg_catalog.left(query, "
      "2000) "
      "FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend' AND datname IS NOT NULL "
      "AND pid <> pg_catalog.pg_backend_pid() AND (application_name = 'pg_dump' "
      "OR ((state = 'active' OR {} > $1::bigint) AND pg_catalog.left(query, 200) "
      "~* '\\m(copy|create|reindex|cluster|vacuum|alter)\\M'))) m (database, relation, kind, query) ON true",
      microseconds("n.now"), sights, static_cast<int>(MaintenanceKind::kDump), microseconds("query_start"));
}

}  // namespace

boost::asio::awaitable<model::Result<model::MaintenancePoll>> collect_maintenance(
    pg::Connection& connection, std::optional<model::Timestamp> since) {
  pg::Parameters parameters{std::nullopt};
  if (since) parameters.front() = std::to_string(since->time_since_epoch().count());
  const auto rows =
      co_await connection.query(maintenance_sql(connection.server_version()), std::move(parameters));
  if (!rows) co_return rows.error();
  model::MaintenancePoll poll;
  poll.taken_at = timestamp(*rows, 0, 0);
  for (int row = 0; row < rows->size(); ++row) {
    if (rows->is_null(row, 1)) continue;
    const auto database = rows->string(row, 1);
    if (const auto kind = rows->integer(row, 3); kind != 0) {
      poll.sights.push_back({database, {static_cast<MaintenanceKind>(kind), {}, false, oid(*rows, row, 2)}});
    } else if (!rows->is_null(row, 4)) {
      for (auto& work : sql::maintenance_of(rows->text(row, 4)))
        poll.sights.push_back({database, std::move(work)});
    }
  }
  co_return poll;
}

}  // namespace pgadvisor::collectors
