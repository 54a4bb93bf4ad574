#pragma once

#include "collectors/model/activity.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

namespace pgadvisor::collectors {

/// Table and index counters of the connected database. Raw functions on pg_class and pg_index, no size
/// functions (postgres-facts: pg_stat_user_indexes is three times as dear).
[[nodiscard]] boost::asio::awaitable<model::Result<model::RelationPoll>> collect_relations(
    pg::Connection& connection);

}  // namespace pgadvisor::collectors
