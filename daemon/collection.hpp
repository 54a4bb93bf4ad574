#pragma once

#include "collectors/history/history.hpp"
#include "collectors/model/clock.hpp"
#include "collectors/pg/connection.hpp"
#include "collectors/statements_collector.hpp"
#include "config/settings.hpp"
#include "daemon/cycle.hpp"
#include "daemon/members.hpp"
#include "daemon/schedule.hpp"
#include "daemon/status_board.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace pgadvisor::daemon {

/// Watches the monitored server: one long-lived connection for identity, databases and statements,
/// short-lived ones for each database's relations and catalog, all one after the other. Records into the
/// history, keeps the latest snapshots, and asks for a cycle when one is due. Never ends by itself; every
/// failure becomes a problem on the board and is retried. One coroutine on one io_context.
class Collection {
 public:
  /// Offers the input of a cycle; false when the last one is still running.
  using StartCycle = std::function<bool(std::vector<DatabaseInput>)>;

  /// Told of what was recorded, on the same thread.
  struct Observer {
    std::function<void()> watching;  ///< which databases are watched is known
    std::function<void(const model::DatabaseSnapshot&)> looked;
    std::function<void(const std::string& database)> unchanged;  ///< since the last snapshot
    std::function<void(const std::string& database)> counted;  ///< counters of its tables and indexes
  };

  Collection(const config::Settings& settings, pg::Dsn dsn, history::History& history, const Members& members,
             StatusBoard& board, const model::Clock& clock, StartCycle start_cycle, Observer observer);

  [[nodiscard]] boost::asio::awaitable<void> run();

  /// A cycle ended. One that failed is repeated sooner than the next would be due, with back-off.
  void cycle_done(bool good);
  [[nodiscard]] bool watches(const std::string& database) const { return watched_.contains(database); }

 private:
  struct Watched {
    model::DatabaseProperties properties;
    std::shared_ptr<const model::DatabaseSnapshot> snapshot;
    std::optional<pg::Dsn> dsn;  ///< effective, once connected
    std::string fingerprint;
    Due relations;
    Due fingerprint_check;
    Due catalog;
    int failures = 0;  ///< visits in a row that found no working connection
  };
  using Outcome = model::Result<void>;
  template <class T>
  using Answer = boost::asio::awaitable<model::Result<T>>;

  [[nodiscard]] boost::asio::awaitable<model::Error> watch(pg::Connection& connection);
  [[nodiscard]] Answer<void> server_tasks(pg::Connection& connection);
  [[nodiscard]] boost::asio::awaitable<void> database_tasks();
  [[nodiscard]] Answer<void> identity(pg::Connection& connection);
  [[nodiscard]] Answer<void> databases(pg::Connection& connection);
  [[nodiscard]] Answer<void> statements(pg::Connection& connection);
  [[nodiscard]] Answer<void> texts(pg::Connection& connection);
  [[nodiscard]] Answer<void> samples(pg::Connection& connection);
  [[nodiscard]] Answer<void> relations(pg::Connection& connection, Watched& database);
  [[nodiscard]] Answer<void> catalog(pg::Connection& connection, Watched& database);
  [[nodiscard]] boost::asio::awaitable<void> visit(Watched& database);
  void visit_failed(Watched& database, const model::Error& error);
  [[nodiscard]] double jitter();

  /// Runs one task when due: measures it, reports its outcome, sets the next time. Answers an error only when
  /// the connection is lost.
  template <class Work>
  [[nodiscard]] Answer<void> when_due(std::string name, std::string database, Due& due,
                                      std::chrono::seconds interval, pg::Connection& connection, Work work);
  void advise_when_due();
  [[nodiscard]] model::Result<DatabaseInput> input_of(const Watched& database) const;
  [[nodiscard]] index_health::UsagePolicy usage_policy(const std::string& database) const;
  void prune_when_due();
  void account(const pg::Connection& connection, double busy_before);
  [[nodiscard]] std::chrono::steady_clock::time_point next_due() const;
  [[nodiscard]] pg::ConnectionOptions connection_options(const std::string& name) const;

  const config::Settings& settings_;
  pg::Dsn dsn_;
  history::History& history_;
  const Members& members_;
  StatusBoard& board_;
  const model::Clock& clock_;
  StartCycle start_cycle_;
  Observer observer_;
  std::map<std::string, Watched> watched_;
  std::optional<collectors::StatementsExtension> extension_;
  std::string primary_;  ///< the server that relations were last polled on, by its address
  std::optional<model::Timestamp> samples_taken_;  ///< by the server's clock
  bool statements_polled_ = false;
  int failed_cycles_ = 0;    ///< in a row
  bool texts_idle_ = false;  ///< the last look found every statement's text known
  Due identity_due_, databases_due_, statements_due_, texts_due_, samples_due_, advise_due_, prune_due_;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace pgadvisor::daemon
