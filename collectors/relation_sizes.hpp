#pragma once

// Private to collectors.

#include "collectors/model/ids.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace pgadvisor::collectors {

/// What was said of each relation; those that are locked, gone or unreadable are missing.
using Answers = std::map<model::Oid, std::string>;
using Measurements = std::map<model::Oid, std::int64_t>;

/// Runs `sql` (oid array in $1) over `relations` in batches. It opens each relation
/// and so waits behind any queued exclusive lock: a batch that meets a timeout is halved to find the one at
/// fault, and after some twenty such waits the rest of those is left out. Many are asked over several
/// sessions, see pg::Connection::renew(). Fails only when the connection is lost.
[[nodiscard]] boost::asio::awaitable<model::Result<void>> ask_relations(
    pg::Connection& connection, std::string sql, std::vector<model::Oid> relations,
    std::function<void(const pg::Rows&)> read);

/// The same for rows of oid and text.
[[nodiscard]] boost::asio::awaitable<model::Result<Answers>> ask_relations(pg::Connection& connection,
                                                                           std::string sql,
                                                                           std::vector<model::Oid> relations);

/// The same for numbers.
[[nodiscard]] boost::asio::awaitable<model::Result<Measurements>> measure_relations(
    pg::Connection& connection, std::string sql, std::vector<model::Oid> relations);

}  // namespace pgadvisor::collectors
