#include "advisor/sandbox/schema_copy.hpp"

#include "advisor/sandbox/process.hpp"
#include "advisor/sandbox/production_timer.hpp"
#include "advisor/sandbox/restore.hpp"
#include "advisor/sandbox/workspace.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace pgadvisor::sandbox {
namespace {

bool says(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

/// The first line pg_dump prints of its error: later ones quote its query.
model::Error dump_error(const std::string& standard_error) {
  constexpr std::string_view kError = "pg_dump: error: ";
  const std::size_t start = standard_error.find(kError);
  std::string message =
      start == std::string::npos ? standard_error : standard_error.substr(start + kError.size());
  message = fmt::format("pg_dump cannot read the schema: {}", message.substr(0, message.find('\n')));
  if (says(standard_error, "permission denied")) {
    return model::give_up(message,
                          "GRANT pg_read_all_data TO the role of pgadvisor (PostgreSQL 14 and newer), or "
                          "GRANT SELECT on all tables and USAGE on all schemas");
  }
  if (says(standard_error, "lock timeout") || says(standard_error, "statement timeout")) {
    return model::Error{model::NextStep::kRetry, message};
  }
  if (says(standard_error, "connection to server")) return model::Error{model::NextStep::kReconnect, message};
  return model::give_up(message);
}

model::Result<void> dump(Server& server, const pg::Dsn& production, const Workspace& workspace,
                         const DumpLimits& limits) {
  Command command{
      .arguments = {(server.binaries() / "pg_dump").string(), "--format=custom", "--compress=0",
                    "--schema-only", "--no-password", "--no-owner", "--no-privileges", "--no-comments",
                    "--no-security-labels", "--no-publications", "--no-subscriptions", "--no-tablespaces",
                    "--no-sync", fmt::format("--lock-wait-timeout={}", limits.lock_wait.count()),
                    "--file=" + (workspace / "schema").string()},
      .environment = inherited_environment(),
      .errors = workspace / "dump.errors"};
  // `production` is complete; a service named in our own environment would win over its variables.
  std::erase_if(command.environment, [](const auto& variable) { return variable.first.starts_with("PG"); });
  for (const auto& [name, value] : production.environment()) command.environment[name] = value;
  command.environment["PGAPPNAME"] = "pgadvisor";
  command.environment["LC_ALL"] = "C";  // its messages are read above
  const ProductionTimer timer(server);
  const model::Result<int> status = run(command, limits.total, server.stop());
  if (status.has_error()) return status.error();
  if (*status != 0) return dump_error(content_of(workspace / "dump.errors"));
  return {};
}

}  // namespace

model::Result<std::vector<std::string>> copy_schema(Server& server, const pg::Dsn& production,
                                                    const std::string& database, const DumpLimits& limits) {
  const Workspace workspace(server.folder());
  if (!workspace.usable()) {
    return model::give_up(
        fmt::format("cannot write in {}: {}", server.folder().string(), std::strerror(errno)));
  }
  if (const auto dumped = dump(server, production, workspace, limits); dumped.has_error())
    return dumped.error();
  return restore_schema(server, database, workspace);
}

}  // namespace pgadvisor::sandbox
