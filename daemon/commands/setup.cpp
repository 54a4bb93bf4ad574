#include "daemon/commands/setup.hpp"

#include "config/load.hpp"
#include "daemon/log.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>

namespace pgadvisor::daemon::commands {
namespace {

/// The planner modules lie beside the program: in the build tree, or where `cmake --install` puts them.
std::filesystem::path module_folder() {
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  const auto prefix = program.parent_path().parent_path();
  const auto installed = prefix / "lib" / "pgadvisor";
  return std::filesystem::is_directory(installed, ignored) ? installed : prefix / "lib";
}

}  // namespace

void complain(const model::Error& error) {
  // Messages about a connection begin with its name, which is ours.
  const bool named =
      error.message.starts_with("pgadvisor: ") || error.message.starts_with("pgadvisor apply: ");
  fmt::print(stderr, "{}{}\n", named ? "" : "pgadvisor: ", log::printable(error.message));
  if (!error.hint.empty()) fmt::print(stderr, "  fix: {}\n", log::printable(error.hint));
}

void complain_about_skipped(const std::vector<advisor::SkippedStatement>& skipped) {
  for (const auto& statement : skipped) {
    fmt::print(stderr, "pgadvisor: not analysed: {}: {}\n", log::printable(statement.query_id),
               log::printable(statement.reason));
  }
}

std::optional<config::Settings> load_settings(const std::filesystem::path& file) {
  auto loaded = config::load(file, config::process_environment());
  for (const auto& mistake : loaded.mistakes) fmt::print(stderr, "pgadvisor: {}\n", log::printable(mistake));
  if (!loaded.mistakes.empty()) return std::nullopt;
  return loaded.settings;
}

std::optional<pg::Dsn> parse_dsn(const std::string& text) {
  const auto dsn = pg::Dsn::parse(text);
  if (dsn) return *dsn;
  complain(dsn.error());
  return std::nullopt;
}

pg::ConnectionOptions connection_options(const config::Settings& settings) {
  const auto& collect = settings.collect;
  return {"pgadvisor", collect.connect_timeout, collect.statement_timeout, collect.lock_timeout};
}

sandbox::ServerOptions sandbox_options(const config::SandboxSettings& settings) {
  sandbox::ServerOptions options;
  options.folder = settings.folder;
  options.user = settings.user;
  options.installations = settings.installations;
  options.modules = module_folder();
  return options;
}

config::SandboxSettings one_shot_sandbox(const config::Settings& settings) {
  auto sandbox = settings.sandbox;
  if (sandbox.folder == config::SandboxSettings{}.folder) {
    sandbox.folder = std::filesystem::temp_directory_path() / fmt::format("pgadvisor-{}", geteuid());
  }
  return sandbox;
}

advisor::Options advise_options(const config::AdviseSettings& settings) {
  advisor::Options options;
  options.budget = settings.budget;
  options.max_indexes = settings.max_indexes;
  options.min_gain = settings.min_gain;
  options.max_slowdown = settings.max_slowdown;
  options.min_table_pages = settings.min_table_pages;
  options.max_key_columns = settings.max_key_columns;
  options.time_limit = settings.time_limit;
  return options;
}

model::Result<void> write_result(const std::string& content, const std::filesystem::path& output) {
  if (output.empty()) {
    std::cout << content << std::flush;
    if (std::cout) return {};
    return model::give_up("cannot write to the standard output");
  }
  std::ofstream file(output, std::ios::binary);
  file << content << std::flush;
  if (file) return {};
  return model::give_up(fmt::format("cannot write {}", output.string()),
                        "check the folder, its permissions and space");
}

void progress(std::string_view doing) {
  if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "pgadvisor: {} ...\n", doing);
}

model::Result<Twin> make_twin(const config::Settings& settings, const Observation& observation) {
  progress("starting the planner sandbox");
  auto server = sandbox::Server::start(sandbox_options(one_shot_sandbox(settings)),
                                       observation.snapshot.server.version);
  if (!server) return server.error();
  progress("cloning the schema and its statistics");
  auto database = sandbox::Database::clone(*server, observation.dsn, observation.snapshot);
  if (!database) return database.error();
  return Twin{std::move(*server), std::move(*database)};
}

}  // namespace pgadvisor::daemon::commands
