#pragma once

#include "advisor/sandbox/database.hpp"
#include "advisor/sandbox/server.hpp"
#include "collectors/pg/dsn.hpp"
#include "daemon/observe.hpp"

#include <filesystem>
#include <string>

namespace pgadvisor::bench {

/// A server to measure, looked at once, and its database's twin in a sandbox of the bench's own, which goes
/// with this object. Throws std::runtime_error.
class Workbench {
 public:
  explicit Workbench(const std::string& dsn);

  [[nodiscard]] const model::DatabaseSnapshot& snapshot() const { return observed_.snapshot; }
  [[nodiscard]] const pg::Dsn& dsn() const { return observed_.dsn; }
  [[nodiscard]] sandbox::Database& twin() { return twin_; }

 private:
  /// Goes after the server in it.
  struct Folder {
    std::filesystem::path path;
    ~Folder();
  };

  Folder folder_;
  daemon::Observation observed_;
  sandbox::Server server_;
  sandbox::Database twin_;
};

}  // namespace pgadvisor::bench
