#pragma once

#include "advisor/advise.hpp"
#include "advisor/sandbox/database.hpp"
#include "advisor/sandbox/server.hpp"
#include "collectors/model/result.hpp"
#include "config/settings.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/observe.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace pgadvisor::daemon::commands {

/// "pgadvisor: message" and, on a line of its own, the fix.
void complain(const model::Error& error);

/// File and environment; every mistake is complained about, then nullopt.
[[nodiscard]] std::optional<config::Settings> load_settings(const std::filesystem::path& file);

/// Complains about a malformed one, then nullopt.
[[nodiscard]] std::optional<pg::Dsn> parse_dsn(const std::string& text);

[[nodiscard]] pg::ConnectionOptions connection_options(const config::Settings& settings);
/// One-shot commands use a sandbox folder of this user's own below the system's temporary folder, unless
/// PGADVISOR_SANDBOX_FOLDER says otherwise; `serve` uses the configured one.
[[nodiscard]] sandbox::ServerOptions sandbox_options(const config::SandboxSettings& settings);
[[nodiscard]] config::SandboxSettings one_shot_sandbox(const config::Settings& settings);
[[nodiscard]] advisor::Options advise_options(const config::AdviseSettings& settings);

/// One line on stderr for each statement that was left out.
void complain_about_skipped(const std::vector<advisor::SkippedStatement>& skipped);

/// Writes to a file, or to the standard output where none is named.
[[nodiscard]] model::Result<void> write_result(const std::string& content,
                                               const std::filesystem::path& output);

/// Shows on a terminal what is being done; silent when stderr is none.
void progress(std::string_view doing);

/// A server and the twin of one database in it, in the order in which they have to go.
struct Twin {
  sandbox::Server server;
  sandbox::Database database;
};
[[nodiscard]] model::Result<Twin> make_twin(const config::Settings& settings, const Observation& observation);

}  // namespace pgadvisor::daemon::commands
