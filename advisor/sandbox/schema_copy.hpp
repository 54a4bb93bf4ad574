#pragma once

#include "advisor/sandbox/server.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/dsn.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace pgadvisor::sandbox {

/// How long pg_dump may wait for a lock in production, and how long it may take altogether.
struct DumpLimits {
  std::chrono::milliseconds lock_wait{2000};
  std::chrono::seconds total{300};
};

/// Copies the schema of `production`, without rows, into the empty sandbox database `database`: pg_dump and
/// pg_restore of the sandbox's own installation, connected by their environment so that no password is in
/// their arguments. What could not be restored is the answer, a sentence each. Errors are those of reading
/// production: kRetry (a lock or the time limit), kReconnect (unreachable), kGiveUp (privileges, with the
/// GRANT).
[[nodiscard]] model::Result<std::vector<std::string>> copy_schema(Server& server, const pg::Dsn& production,
                                                                  const std::string& database,
                                                                  const DumpLimits& limits = {});

}  // namespace pgadvisor::sandbox
