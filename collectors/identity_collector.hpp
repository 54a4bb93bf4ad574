#pragma once

#include "collectors/model/catalog.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

namespace pgadvisor::collectors {

/// System identifier and timeline are empty for a role that may not call pg_control_*().
[[nodiscard]] boost::asio::awaitable<model::Result<model::ServerIdentity>> collect_identity(
    pg::Connection& connection);

}  // namespace pgadvisor::collectors
