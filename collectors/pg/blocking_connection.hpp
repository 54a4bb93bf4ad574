#pragma once

#include "collectors/model/result.hpp"
#include "collectors/pg/dsn.hpp"
#include "collectors/pg/rows.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

struct pg_conn;

namespace pgadvisor::pg {

/// A connection for the synchronous core: one thread, one statement at a time. Used for the planner sandbox,
/// where the server is ours and local, and by `apply`, whose one long statement is watched while it runs.
/// Everything else that talks to production uses Connection.
class BlockingConnection {
 public:
  /// `name` becomes application_name and the prefix of error messages.
  [[nodiscard]] static model::Result<BlockingConnection> connect(const Dsn& dsn, const std::string& name);
  /// A second one, to the same place.
  [[nodiscard]] model::Result<BlockingConnection> another() const { return connect(dsn_, name_); }

  /// One statement with parameters (extended protocol).
  [[nodiscard]] model::Result<Rows> query(const std::string& sql, const Parameters& parameters = {});
  /// One or more statements without parameters or result (simple protocol).
  [[nodiscard]] model::Result<void> execute(const std::string& sql);

  /// Sends one statement, to be waited for, then finished. Nothing else may be asked meanwhile.
  [[nodiscard]] model::Result<void> start(const std::string& sql);
  /// Whether the statement that was started has ended; waits for it for so long, less when a signal comes.
  [[nodiscard]] bool wait(std::chrono::milliseconds patience);
  /// Joins the statement that was started: how it went.
  [[nodiscard]] model::Result<void> finish();
  /// Asks the server, over a connection of its own, to cancel what runs. Blocks while it connects.
  void cancel() const;

  [[nodiscard]] bool usable() const;
  [[nodiscard]] int backend_pid() const;
  [[nodiscard]] int server_version() const;  ///< server_version_num

 private:
  struct Close {
    void operator()(pg_conn* connection) const;
  };
  BlockingConnection(std::unique_ptr<pg_conn, Close> connection, Dsn dsn, std::string name);
  std::unique_ptr<pg_conn, Close> connection_;
  Dsn dsn_;
  std::string name_;
};

}  // namespace pgadvisor::pg
