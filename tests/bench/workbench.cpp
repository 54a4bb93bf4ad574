#include "tests/bench/workbench.hpp"

#include "tests/bench/session.hpp"
#include "tests/support/daemon.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <system_error>

namespace pgadvisor::bench {

namespace {

model::Bytes memory_of_process(const std::string& process) {
  std::ifstream file("/proc/" + process + "/smaps_rollup");
  for (std::string word; file >> word;) {
    std::int64_t kilobytes = 0;
    if (word == "Pss:" && file >> kilobytes) return {kilobytes * 1024};
  }
  return {};
}

}  // namespace

model::Bytes memory_of(const std::filesystem::path& folder) {
  model::Bytes bytes;
  for (const pid_t process : testing::processes_of(folder))
    bytes += memory_of_process(std::to_string(process));
  return bytes;
}

model::Bytes Workbench::memory() const {
  auto bytes = memory_of(folder_.path);
  bytes += memory_of_process("self");
  return bytes;
}

Workbench::Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

Workbench::Workbench(const std::string& dsn, daemon::WithActivity with_activity)
    : folder_{std::filesystem::temp_directory_path() / fmt::format("pgadvisor-bench-{}", getpid())},
      observed_(value_of(daemon::observe(value_of(pg::Dsn::parse(dsn)), {}, with_activity))),
      server_(
          value_of(sandbox::Server::start({.folder = folder_.path,
                                           .user = {},
                                           .modules = std::filesystem::path(PGADVISOR_BINARY_DIR) / "lib"},
                                          observed_.snapshot.server.version))),
      twin_(value_of(sandbox::Database::clone(server_, observed_.dsn, observed_.snapshot))) {}

}  // namespace pgadvisor::bench
