#pragma once

#include "collectors/model/catalog.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

namespace pgadvisor::collectors {

/// Adds DatabaseSnapshot::compared_values where the database has the extension pg_qualstats. That it cannot
/// be read is one of the snapshot's limitations.
[[nodiscard]] boost::asio::awaitable<model::Result<void>> add_compared_values(
    pg::Connection& connection, model::DatabaseSnapshot& snapshot);

}  // namespace pgadvisor::collectors
