#pragma once

#include "collectors/model/result.hpp"
#include "collectors/model/units.hpp"
#include "collectors/pg/dsn.hpp"

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

namespace pgadvisor::sandbox {

struct ServerOptions {
  /// Parent of the sandbox folders, created 0700. Each server makes a folder of its own in it, named after
  /// the daemon's pid; folders of daemons that no longer live are swept at start, their servers stopped
  /// first.
  std::filesystem::path folder;
  /// Who runs the server when we are root (initdb refuses root). Tried in turn when empty: pgadvisor,
  /// postgres, nobody.
  std::string user;
  /// Where server packages are looked for: `*/bin/postgres` below it.
  std::filesystem::path installations = "/usr/lib/postgresql";
  /// Where the planner module of each major lies: `pgadvisor_planner-15.so`.
  std::filesystem::path modules;
  /// Interrupts whatever is going on: child processes end, the server goes down at once and every call that
  /// waits for it fails.
  std::stop_token stop = {};
};

/// A private PostgreSQL: Unix socket in a 0700 folder, no TCP, no durability, autovacuum off, our planner
/// module. Stopped and its folder removed on destruction. If it died, the next connect() starts it anew:
/// every database in it is then gone, which SandboxDatabase reports as kReconnect. One owner; one thread.
class Server {
 public:
  /// `production_version` is server_version_num. Takes the same major, else the nearest newer one installed
  /// with a module; kGiveUp naming the Debian packages when there are only older ones.
  [[nodiscard]] static model::Result<Server> start(ServerOptions options, int production_version);

  Server(Server&&) noexcept;
  Server& operator=(Server&&) noexcept;
  ~Server();

  [[nodiscard]] int version() const;  ///< server_version_num of the sandbox
  [[nodiscard]] bool alive() const;
  [[nodiscard]] model::Result<void> restart_if_dead();
  [[nodiscard]] pg::Dsn dsn(const std::string& database) const;
  [[nodiscard]] const std::filesystem::path& binaries() const;  ///< folder of pg_dump, pg_restore, ...
  [[nodiscard]] const std::filesystem::path& folder() const;
  [[nodiscard]] const std::stop_token& stop() const;   ///< as given in the options
  [[nodiscard]] std::filesystem::path module() const;  ///< the planner module, readable by the server

  /// Time spent in the monitored server so far to read its schema, by twins of this server: an upper bound,
  /// as seen from here.
  [[nodiscard]] model::Seconds production_time() const;
  void add_production_time(model::Seconds time);

 private:
  class Implementation;
  explicit Server(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace pgadvisor::sandbox
