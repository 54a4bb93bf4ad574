#pragma once

#include "collectors/history/history.hpp"
#include "collectors/model/clock.hpp"
#include "collectors/pg/connection.hpp"
#include "config/settings.hpp"
#include "daemon/collection_observer.hpp"
#include "daemon/cycle.hpp"
#include "daemon/database_tasks.hpp"
#include "daemon/members.hpp"
#include "daemon/server_tasks.hpp"
#include "daemon/status_board.hpp"
#include "daemon/task_runner.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace pgadvisor::daemon {

/// Watches the monitored server: one long-lived connection for what is of the whole server, a short one per
/// database and visit, all one after the other. Asks for a cycle when one is due. Never ends by itself; every
/// failure becomes a problem on the board and is retried. One coroutine on one io_context.
class Collection {
 public:
  /// Offers the input of a cycle; false when the last one is still running.
  using StartCycle = std::function<bool(std::vector<DatabaseInput>)>;

  Collection(const config::Settings& settings, pg::Dsn dsn, history::History& history, const Members& members,
             HotspotWatch& hotspots, StatusBoard& board, const model::Clock& clock, StartCycle start_cycle,
             CollectionObserver observer);

  [[nodiscard]] boost::asio::awaitable<void> run();

  /// A cycle ended. One that failed is repeated sooner than the next would be due, with back-off.
  void cycle_done(const CycleResult& result);
  [[nodiscard]] bool watches(const std::string& database) const { return watched_.contains(database); }

 private:
  [[nodiscard]] boost::asio::awaitable<model::Error> watch(pg::Connection connection);
  [[nodiscard]] boost::asio::awaitable<void> visit_databases();
  void take_databases(const std::vector<model::DatabaseProperties>& found);
  void advise_when_due();
  void advise_soon();
  [[nodiscard]] std::vector<DatabaseInput> cycle_inputs();
  void prune_when_due();
  [[nodiscard]] Due::Time next_due() const;

  const config::Settings& settings_;
  pg::Dsn dsn_;
  history::History& history_;
  const Members& members_;
  HotspotWatch& hotspots_;
  StatusBoard& board_;
  const model::Clock& clock_;
  StartCycle start_cycle_;
  CollectionObserver observer_;
  std::minstd_rand random_{std::random_device{}()};
  TaskRunner runner_;
  ServerTasks server_;
  std::map<std::string, DatabaseTasks> watched_;
  int failed_cycles_ = 0;  ///< in a row
  Due advise_due_, prune_due_;
  Due::Time last_advice_{};  ///< when it was started
};

}  // namespace pgadvisor::daemon
