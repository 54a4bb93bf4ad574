#pragma once

#include "collectors/model/catalog.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace pgadvisor::collectors {

/// Which databases to watch: shell patterns (`*`, `?`). Empty include means every one. Exclude wins.
struct DatabaseFilter {
  std::vector<std::string> include;
  std::vector<std::string> exclude;
};

[[nodiscard]] bool matches(const DatabaseFilter& filter, const std::string& database);

/// The connectable, non-template databases of the server that the filter lets through, by name.
[[nodiscard]] boost::asio::awaitable<model::Result<std::vector<model::DatabaseProperties>>> collect_databases(
    pg::Connection& connection, DatabaseFilter filter);

}  // namespace pgadvisor::collectors
