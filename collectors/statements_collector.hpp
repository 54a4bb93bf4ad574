#pragma once

#include "collectors/model/activity.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace pgadvisor::collectors {

/// Where pg_stat_statements lives in the connected database and what its own version offers.
struct StatementsExtension {
  std::string schema;
  int major = 0;  ///< extversion "1.10" -> 1
  int minor = 0;  ///< extversion "1.10" -> 10
};

/// kGiveUp with the exact fix when the extension is not installed in this database, not preloaded, older
/// than 1.8, or hides other roles' statements from this one.
[[nodiscard]] boost::asio::awaitable<model::Result<StatementsExtension>> find_statements_extension(
    pg::Connection& connection);

/// Counters of every statement of the server, without texts (`pg_stat_statements(false)`), own ones left out
/// (by role and application where the server can tell; else by text later).
[[nodiscard]] boost::asio::awaitable<model::Result<model::StatementPoll>> collect_statements(
    pg::Connection& connection, StatementsExtension extension);

/// Texts of `keys` only, in one pass over `pg_stat_statements(true)`. Costly: see docs; ask seldom and
/// batched.
[[nodiscard]] boost::asio::awaitable<model::Result<std::vector<model::StatementText>>>
collect_statement_texts(pg::Connection& connection, StatementsExtension extension,
                        std::vector<model::StatementKey> keys);

}  // namespace pgadvisor::collectors
