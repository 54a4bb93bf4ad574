#pragma once

#include "collectors/model/activity.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace pgadvisor::collectors {

/// What the server's sessions execute, or executed last, begun since the last look at `since` (the server's
/// clock), so that no execution is seen twice; without it, nothing but the time. Texts that the server cut
/// (track_activity_query_size) are left out: a literal might be cut as well. Each session shows one text at a
/// look, so a sample of executions, with a bias to those that a pause follows and to long ones. Needs
/// pg_read_all_stats, as the counters do; of sessions it may not see there are no texts.
[[nodiscard]] boost::asio::awaitable<model::Result<model::SamplePoll>> collect_samples(
    pg::Connection& connection, std::optional<model::Timestamp> since);

}  // namespace pgadvisor::collectors
