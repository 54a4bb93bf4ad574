#pragma once

#include "advisor/sandbox/database.hpp"
#include "advisor/sandbox/server.hpp"
#include "collectors/pg/dsn.hpp"
#include "daemon/observe.hpp"

#include <filesystem>
#include <string>

namespace pgadvisor::bench {

/// What the processes that work in `folder` occupy together, pages they share counted once (Pss).
[[nodiscard]] model::Bytes memory_of(const std::filesystem::path& folder);

/// A server to measure, looked at once, and its database's twin in a sandbox of the bench's own, which goes
/// with this object. Throws std::runtime_error.
class Workbench {
 public:
  explicit Workbench(const std::string& dsn, daemon::WithActivity with_activity = daemon::WithActivity::kNo);

  [[nodiscard]] const model::DatabaseSnapshot& snapshot() const { return observed_.snapshot; }
  [[nodiscard]] const pg::Dsn& dsn() const { return observed_.dsn; }
  /// Only when it was asked for.
  [[nodiscard]] const model::DatabaseActivity& activity() const { return observed_.activity.value(); }
  [[nodiscard]] sandbox::Database& twin() { return twin_; }
  /// What this process and the sandbox occupy now.
  [[nodiscard]] model::Bytes memory() const;

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
