#include "tests/bench/workbench.hpp"

#include "tests/bench/session.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <system_error>

namespace pgadvisor::bench {

Workbench::Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

Workbench::Workbench(const std::string& dsn)
    : folder_{std::filesystem::temp_directory_path() / fmt::format("pgadvisor-bench-{}", getpid())},
      observed_(value_of(daemon::observe(value_of(pg::Dsn::parse(dsn)), {}, daemon::WithActivity::kNo))),
      server_(
          value_of(sandbox::Server::start({.folder = folder_.path,
                                           .user = {},
                                           .modules = std::filesystem::path(PGADVISOR_BINARY_DIR) / "lib"},
                                          observed_.snapshot.server.version))),
      twin_(value_of(sandbox::Database::clone(server_, observed_.dsn, observed_.snapshot))) {}

}  // namespace pgadvisor::bench
