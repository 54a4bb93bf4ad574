#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace pgadvisor::daemon::http {

/// What one client may take of the daemon.
struct Limits {
  std::uint32_t header_bytes = 16U << 10;  ///< more: 431
  std::uint64_t body_bytes = 64U << 10;    ///< more: 413
  std::size_t connections = 256;           ///< more: 503
  /// For a whole request to arrive, counted from the end of the one before, and for a whole answer to leave.
  std::chrono::milliseconds idle{30000};
  /// For answers in progress when the server stops.
  std::chrono::milliseconds stop_grace{2000};
};

}  // namespace pgadvisor::daemon::http
