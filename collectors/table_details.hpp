#pragma once

#include "collectors/model/result.hpp"
#include "collectors/model/window.hpp"
#include "collectors/pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <vector>

namespace pgadvisor::collectors {

using DetailsByTable = std::map<model::Oid, model::TableDetails>;

/// For findings only: it opens each table. Those that are locked, gone or unreadable are missing. Fails only
/// when the connection is lost.
[[nodiscard]] boost::asio::awaitable<model::Result<DetailsByTable>> collect_table_details(
    pg::Connection& connection, std::vector<model::Oid> tables);

}  // namespace pgadvisor::collectors
