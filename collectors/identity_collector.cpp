#include "collectors/identity_collector.hpp"

#include "collectors/row_reading.hpp"

namespace pgadvisor::collectors {

boost::asio::awaitable<model::Result<model::ServerIdentity>> collect_identity(pg::Connection& connection) {
  // On a primary the name of the current WAL file tells the timeline to everybody, and at once after a
  // promotion.
  std::string sql = "SELECT pg_catalog.pg_is_in_recovery(), " +
                    microseconds("pg_catalog.pg_postmaster_start_time()") +
                    ", pg_catalog.current_setting('block_size')"
                    ", CASE WHEN NOT pg_catalog.pg_is_in_recovery() AND pg_catalog.has_function_privilege("
                    "'pg_catalog.pg_walfile_name(pg_lsn)', 'EXECUTE') THEN ('x' || pg_catalog.substr("
                    "pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8))::bit(32)::bigint END"
                    ", pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') "
                    "AND pg_catalog.has_function_privilege('pg_catalog.pg_control_checkpoint()', 'EXECUTE')";
  const auto rows = co_await connection.query(std::move(sql));
  if (!rows) co_return rows.error();
  model::ServerIdentity identity;
  identity.in_recovery = rows->boolean(0, 0);
  identity.postmaster_start = timestamp(*rows, 0, 1);
  identity.block_size = rows->integer(0, 2);
  identity.timeline = rows->integer(0, 3);
  identity.version = connection.server_version();
  if (!rows->boolean(0, 4)) co_return identity;
  const auto control = co_await connection.query(
      "SELECT s.system_identifier, c.timeline_id "
      "FROM pg_catalog.pg_control_system() s, pg_catalog.pg_control_checkpoint() c");
  if (!control) co_return control.error();
  identity.system_identifier = control->string(0, 0);
  if (identity.timeline == 0) identity.timeline = control->integer(0, 1);
  co_return identity;
}

}  // namespace pgadvisor::collectors
