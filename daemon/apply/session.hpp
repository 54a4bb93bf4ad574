#pragma once

#include "collectors/model/result.hpp"
#include "collectors/pg/blocking_connection.hpp"
#include "collectors/pg/dsn.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace pgadvisor::daemon::apply {

/// How long a statement may wait for a lock, and run. Zero: as long as it takes.
struct Timeouts {
  std::chrono::milliseconds lock{0};
  std::chrono::milliseconds statement{0};
};

/// For questions to the catalog.
inline constexpr Timeouts kCatalogTimeouts{std::chrono::seconds(2), std::chrono::seconds(30)};

/// A connection of `apply`: everything it does runs outside of a transaction, under timeouts, and ends soon
/// after this process does (client_connection_check_interval, 14+). One thread.
class Session {
 public:
  [[nodiscard]] static model::Result<Session> open(const pg::Dsn& dsn, const std::string& name);

  /// A question to the catalog.
  [[nodiscard]] model::Result<pg::Rows> query(const std::string& sql, const pg::Parameters& parameters = {});

  /// One statement that changes something. While it runs `watch` is called several times a second; when it
  /// answers false the statement is cancelled on the server, and joined: the error is then PostgreSQL's
  /// 57014.
  [[nodiscard]] model::Result<void> run(const std::string& sql, const Timeouts& timeouts,
                                        const std::function<bool()>& watch);

  [[nodiscard]] bool usable() const { return connection_.usable(); }
  [[nodiscard]] int backend_pid() const { return connection_.backend_pid(); }
  [[nodiscard]] const std::string& backend_start() const { return backend_start_; }
  [[nodiscard]] int server_version() const { return connection_.server_version(); }

 private:
  explicit Session(pg::BlockingConnection connection) : connection_(std::move(connection)) {}
  [[nodiscard]] model::Result<void> set(const Timeouts& timeouts);

  pg::BlockingConnection connection_;
  std::string backend_start_;  ///< with the pid: who we are, even after the pid is somebody else's
};

}  // namespace pgadvisor::daemon::apply
