#include "advisor/sandbox/schema_copy.hpp"

#include "advisor/sandbox/process.hpp"
#include "advisor/sandbox/restore_report.hpp"

#include <fmt/format.h>
#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

namespace pgadvisor::sandbox {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

constexpr seconds kRestoreLimit{600};

std::string content_of(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// A folder for the dump and what the programs print, gone with this object: a schema is not for others to
/// read.
class Workspace {
 public:
  explicit Workspace(const fs::path& parent) {
    std::string pattern = (parent / "dump-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  ~Workspace() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  [[nodiscard]] bool usable() const { return !path_.empty(); }
  [[nodiscard]] fs::path operator/(const char* name) const { return path_ / name; }

 private:
  fs::path path_;
};

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

model::Result<void> dump(const Server& server, const pg::Dsn& production, const Workspace& workspace,
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
  const model::Result<int> status = run(command, limits.total, server.stop());
  if (status.has_error()) return status.error();
  if (*status != 0) return dump_error(content_of(workspace / "dump.errors"));
  return {};
}

Command restore_command(const Server& server, const Workspace& workspace) {
  return {.arguments = {(server.binaries() / "pg_restore").string()},
          .environment = {{"LC_ALL", "C"}, {"PGAPPNAME", "pgadvisor"}},
          .errors = workspace / "restore.errors"};
}

model::Result<RestoreList> list_entries(const Server& server, const Workspace& workspace) {
  Command command = restore_command(server, workspace);
  command.arguments.insert(command.arguments.end(), {"--list", (workspace / "schema").string()});
  command.output = workspace / "contents";
  const model::Result<int> status = run(command, kRestoreLimit, server.stop());
  if (status.has_error()) return status.error();
  if (*status != 0) return model::give_up("pg_restore cannot read the dump: " + content_of(command.errors));
  RestoreList list = select_entries(content_of(command.output));
  std::ofstream(workspace / "list") << list.text;
  return list;
}

model::Result<std::vector<std::string>> restore(const Server& server, const std::string& database,
                                                const Workspace& workspace) {
  Command command = restore_command(server, workspace);
  command.arguments.insert(command.arguments.end(),
                           {"--no-owner", "--no-privileges", "--no-comments", "--no-tablespaces",
                            "--no-password", "--verbose", "--use-list=" + (workspace / "list").string(),
                            "--dbname=" + server.dsn(database).display(), (workspace / "schema").string()});
  const model::Result<int> status = run(command, kRestoreLimit, server.stop());
  if (status.has_error()) return status.error();
  std::vector<std::string> failures = failed_entries(
      content_of(command.errors), content_of(workspace / "contents"), server.version() / 10000);
  if (*status != 0 && failures.empty())
    return model::give_up("pg_restore failed: " + content_of(command.errors));
  return failures;
}

}  // namespace

model::Result<std::vector<std::string>> copy_schema(const Server& server, const pg::Dsn& production,
                                                    const std::string& database, const DumpLimits& limits) {
  const Workspace workspace(server.folder());
  if (!workspace.usable()) {
    return model::give_up(
        fmt::format("cannot write in {}: {}", server.folder().string(), std::strerror(errno)));
  }
  if (const auto dumped = dump(server, production, workspace, limits); dumped.has_error())
    return dumped.error();
  const auto list = list_entries(server, workspace);
  if (list.has_error()) return list.error();
  auto left_out = restore(server, database, workspace);
  if (left_out.has_value() && list->policies > 0) {
    left_out->push_back(fmt::format(
        "{} row security policies: costs are those of a role they do not restrict", list->policies));
  }
  return left_out;
}

}  // namespace pgadvisor::sandbox
