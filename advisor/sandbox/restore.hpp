#pragma once

#include "advisor/sandbox/server.hpp"
#include "advisor/sandbox/workspace.hpp"
#include "collectors/model/result.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace pgadvisor::sandbox {

/// Restores the dumps schema_file(workspace, 0 .. archives - 1), each of its own part of the schema, into the
/// twin `database`, which belongs to kOwnerRole. That plain role logs in and creates everything: code of the
/// schema that runs on the way (functions marked IMMUTABLE in expressions of indexes and generated columns)
/// is nobody in particular. The superuser creates what comes first and what the owner is refused but
/// needs_superuser() allows; the owner then owns that too. A statement that takes too long is cancelled. What
/// fails because it needs another dump's entries is tried again as long as that helps. What could not be
/// restored is the answer, a sentence each.
[[nodiscard]] model::Result<std::vector<std::string>> restore_schema(const Server& server,
                                                                     const std::string& database,
                                                                     const Workspace& workspace,
                                                                     std::size_t archives);

/// Where the dump of this number is.
[[nodiscard]] std::filesystem::path schema_file(const Workspace& workspace, std::size_t archive);

}  // namespace pgadvisor::sandbox
