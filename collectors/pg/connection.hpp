#pragma once

#include "collectors/model/result.hpp"
#include "collectors/pg/dsn.hpp"
#include "collectors/pg/rows.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <string>

namespace pgadvisor::pg {

struct ConnectionOptions {
  std::string name = "pgadvisor";  ///< application_name in the server, prefix of every message
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds statement_timeout{
      10000};  ///< on the server; the client waits 2 s longer, then cancels
  std::chrono::milliseconds lock_timeout{500};
};

/// Settings of the server's, by name.
using SessionSettings = std::map<std::string, std::string>;

/// One connection to the monitored server, driven by coroutines on one io_context thread.
/// After connecting it sets, by SET (pgbouncer refuses startup options): statement, lock and
/// idle-in-transaction timeouts, jit off, no parallel workers, default_transaction_read_only on, work_mem
/// 16MB, an empty search_path. A statement that outlives its time is cancelled on the server and joined; if
/// even that fails the connection is dropped and every later call fails with kReconnect. Extended protocol
/// without named statements. Every text carries the comment /* pgadvisor */ (sql::mark_own). Host names
/// are resolved by libpq, which blocks. Never a transaction longer than one statement.
class Connection {
 public:
  [[nodiscard]] static boost::asio::awaitable<model::Result<Connection>> connect(Dsn dsn,
                                                                                 ConnectionOptions options);

  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  /// Errors: kRetry (57014 timeout, 55P03 lock), kReconnect (57P01, 57P03, 08*, 53300, lost socket), kGiveUp
  /// (28* authentication, 3D000 no such database, 42501 privilege, 42P01 and 42883 missing object), else
  /// kSkip. A plain SQL text may hold no more than one statement.
  [[nodiscard]] boost::asio::awaitable<model::Result<Rows>> query(std::string sql,
                                                                  Parameters parameters = {});

  /// SET for the session. Errors as query(); then all are as before.
  [[nodiscard]] boost::asio::awaitable<model::Result<void>> set(SessionSettings settings);
  /// Begins a new session with the same server, with the settings that set() made. The server remembers every
  /// relation that a session opened, 2 kB and more each: who opens thousands gives that back in between.
  /// Errors as connect(); the connection is unusable then.
  [[nodiscard]] boost::asio::awaitable<model::Result<void>> renew();

  [[nodiscard]] bool usable() const;
  [[nodiscard]] int server_version() const;  ///< server_version_num
  /// Where this connection really went, password from .pgpass or service file included: for child processes.
  [[nodiscard]] Dsn effective_dsn() const;
  /// Time that connecting and the statements of this connection took, as seen from here: the numerator of the
  /// duty cycle.
  [[nodiscard]] std::chrono::duration<double> busy() const;

 private:
  class Implementation;
  explicit Connection(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace pgadvisor::pg
