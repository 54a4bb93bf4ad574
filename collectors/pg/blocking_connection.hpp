#pragma once

#include "collectors/model/result.hpp"
#include "collectors/pg/dsn.hpp"
#include "collectors/pg/rows.hpp"

#include <functional>
#include <memory>
#include <string>

struct pg_conn;

namespace pgadvisor::pg {

/// A connection for the synchronous core: one thread, one statement at a time. Used for the planner sandbox,
/// where the server is ours and local. Everything that talks to production uses Connection.
class BlockingConnection {
 public:
  /// `name` becomes application_name and the prefix of error messages.
  [[nodiscard]] static model::Result<BlockingConnection> connect(const Dsn& dsn, const std::string& name);

  /// One statement with parameters (extended protocol).
  [[nodiscard]] model::Result<Rows> query(const std::string& sql, const Parameters& parameters = {});
  /// One or more statements without parameters or result (simple protocol).
  [[nodiscard]] model::Result<void> execute(const std::string& sql);

  [[nodiscard]] bool usable() const;

 private:
  struct Close {
    void operator()(pg_conn* connection) const;
  };
  BlockingConnection(std::unique_ptr<pg_conn, Close> connection, std::string name);
  std::unique_ptr<pg_conn, Close> connection_;
  std::string name_;
};

}  // namespace pgadvisor::pg
