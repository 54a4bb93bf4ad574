#pragma once

// Private to collectors/pg.

#include <boost/asio/awaitable.hpp>

#include <chrono>

struct pg_conn;

namespace pgadvisor::pg {

enum class Direction { kRead, kWrite, kBoth };

/// Waits until the connection's socket is ready; false when `deadline` came first. Asks libpq for the socket
/// anew and registers it for this one wait only: libpq may replace it at any time.
[[nodiscard]] boost::asio::awaitable<bool> wait_for_socket(pg_conn* connection, Direction direction,
                                                           std::chrono::steady_clock::time_point deadline);

}  // namespace pgadvisor::pg
