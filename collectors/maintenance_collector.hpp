#pragma once

#include "collectors/model/maintenance.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace pgadvisor::collectors {

/// What sessions of the whole server do for maintenance's sake at this moment, or did last if that began
/// after `since` (by the server's clock): from the progress views and from the first words of
/// pg_stat_activity.query, of which nothing else is kept.
[[nodiscard]] boost::asio::awaitable<model::Result<model::MaintenancePoll>> collect_maintenance(
    pg::Connection& connection, std::optional<model::Timestamp> since);

}  // namespace pgadvisor::collectors
