#include "advisor/sandbox/schema_copy.hpp"

#include "advisor/sandbox/dump_relations.hpp"
#include "advisor/sandbox/manners.hpp"
#include "advisor/sandbox/process.hpp"
#include "advisor/sandbox/production_timer.hpp"
#include "advisor/sandbox/restore.hpp"
#include "advisor/sandbox/twin.hpp"
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

/// How a large schema is dumped: each group by itself, after a dump of all that is no table, view or
/// sequence. No groups: one dump has everything.
struct Parts {
  std::vector<DumpGroup> groups;
  std::vector<std::string> statistics;  ///< CREATE STATISTICS
};

std::vector<std::string> selection(const Parts& parts, std::size_t archive) {
  if (parts.groups.empty()) return {};
  if (archive == 0) return {"--exclude-table=*.*"};
  std::vector<std::string> arguments;
  for (const auto& relation : parts.groups[archive - 1])
    arguments.push_back("--table=" + dump_pattern(relation));
  return arguments;
}

model::Result<Parts> parts_of(Server& server, const pg::Dsn& production, std::size_t most) {
  const ProductionTimer timer(server);
  auto session = pg::BlockingConnection::connect(production, "pgadvisor");
  if (!session) return session.error();
  if (auto set = session->execute(kMannersInProduction); !set) return set.error();
  const auto relations = read_dump_relations(*session);
  if (!relations) return relations.error();
  auto statistics = read_statistics_objects(*session);
  if (!statistics) return statistics.error();
  return Parts{dump_groups(*relations, most), std::move(*statistics)};
}

/// As the owner. What a dump had already is left alone; what fails is told.
model::Result<void> add_statistics(const Server& server, const std::string& database, const Parts& parts,
                                   std::vector<std::string>& left_out) {
  if (parts.groups.empty() || parts.statistics.empty()) return {};
  constexpr const char* kThereAlready = "42710";
  auto twin =
      pg::BlockingConnection::connect(server.dsn(database).with("user", kOwnerRole), "pgadvisor sandbox");
  if (!twin) return twin.error();
  if (auto set = twin->execute("set search_path = ''; set statement_timeout = '10s'"); !set) return set;
  for (const auto& definition : parts.statistics) {
    const auto done = twin->execute(definition);
    if (done || done.error().sqlstate == kThereAlready) continue;
    if (!twin->usable()) return done;
    left_out.push_back(fmt::format("{}: {}", definition, done.error().message));
  }
  return {};
}

model::Result<void> dump(Server& server, const pg::Dsn& production, const Workspace& workspace,
                         const DumpLimits& limits, const std::vector<std::string>& selected,
                         std::size_t archive) {
  Command command{
      .arguments = {(server.binaries() / "pg_dump").string(), "--format=custom", "--compress=0",
                    "--schema-only", "--no-password", "--no-owner", "--no-privileges", "--no-comments",
                    "--no-security-labels", "--no-publications", "--no-subscriptions", "--no-tablespaces",
                    "--no-sync", fmt::format("--lock-wait-timeout={}", limits.lock_wait.count()),
                    "--file=" + schema_file(workspace, archive).string()},
      .environment = inherited_environment(),
      .errors = workspace / "dump.errors"};
  command.arguments.insert(command.arguments.end(), selected.begin(), selected.end());
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
                                                    const std::string& database, std::size_t relations,
                                                    const DumpLimits& limits) {
  const Workspace workspace(server.folder());
  if (!workspace.usable()) {
    return model::give_up(
        fmt::format("cannot write in {}: {}", server.folder().string(), std::strerror(errno)));
  }
  Parts parts;
  if (relations > limits.relations) {
    auto divided = parts_of(server, production, limits.relations);
    if (!divided) return divided.error();
    parts = std::move(*divided);
  }
  for (std::size_t archive = 0; archive <= parts.groups.size(); ++archive) {
    const auto dumped = dump(server, production, workspace, limits, selection(parts, archive), archive);
    if (!dumped) return dumped.error();
  }
  auto left_out = restore_schema(server, database, workspace, parts.groups.size() + 1);
  if (!left_out) return left_out;
  if (const auto added = add_statistics(server, database, parts, *left_out); !added) return added.error();
  return left_out;
}

}  // namespace pgadvisor::sandbox
