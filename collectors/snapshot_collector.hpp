#pragma once

#include "collectors/model/catalog.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace pgadvisor::collectors {

/// Tables, indexes, columns, constraints, column statistics, extensions and planner settings of the connected
/// database, with current sizes. For the advisor; on a short-lived connection, hourly or when the fingerprint
/// moved. What the role may not read is said in DatabaseSnapshot::limitations with the GRANT that opens it.
/// The values in ColumnStatistics are texts under DateStyle 'ISO, MDY', IntervalStyle 'postgres',
/// extra_float_digits 1, bytea_output 'hex', xmlbinary 'base64' and lc_monetary 'C', whatever `settings` says
/// of production: who turns them back sets these. The connection keeps them afterwards; of a large
/// catalog its session is another one then.
[[nodiscard]] boost::asio::awaitable<model::Result<model::DatabaseSnapshot>> collect_snapshot(
    pg::Connection& connection, model::DatabaseProperties database);

/// Changes whenever DDL or ANALYZE changed anything a snapshot holds; one cheap query.
[[nodiscard]] boost::asio::awaitable<model::Result<std::string>> collect_fingerprint(
    pg::Connection& connection);

}  // namespace pgadvisor::collectors
