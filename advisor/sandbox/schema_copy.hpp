#pragma once

#include "advisor/sandbox/server.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/dsn.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace pgadvisor::sandbox {

/// How long pg_dump may wait for a lock in production, and how long it may take altogether.
struct DumpLimits {
  std::chrono::milliseconds lock_wait{2000};
  std::chrono::seconds total{300};
  /// Tables, views and indexes that one session may open: the server keeps some 2 to 3 kB of each. A larger
  /// schema is dumped in parts, one after the other.
  std::size_t relations = 10'000;
};

/// Copies the schema of `production`, without rows, into the empty sandbox database `database`: pg_dump and
/// pg_restore of the sandbox's own installation, connected by their environment so that no password is in
/// their arguments. `relations` is how many tables and indexes it has, about: only of a large one is looked
/// what they are. What could not be restored is the answer, a sentence each. Errors are those of reading
/// production: kRetry (a lock or the time limit), kReconnect (unreachable), kGiveUp (privileges, with the
/// GRANT).
[[nodiscard]] model::Result<std::vector<std::string>> copy_schema(Server& server, const pg::Dsn& production,
                                                                  const std::string& database,
                                                                  std::size_t relations,
                                                                  const DumpLimits& limits = {});

}  // namespace pgadvisor::sandbox
