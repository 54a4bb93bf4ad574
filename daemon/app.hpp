#pragma once

#include "collectors/history/history.hpp"
#include "collectors/model/clock.hpp"
#include "collectors/model/result.hpp"
#include "config/settings.hpp"
#include "daemon/collection.hpp"
#include "daemon/hotspot_watch.hpp"
#include "daemon/http/server.hpp"
#include "daemon/lifecycle.hpp"
#include "daemon/members.hpp"
#include "daemon/metrics/metrics.hpp"
#include "daemon/notify/courier.hpp"
#include "daemon/publication.hpp"
#include "daemon/report_desk.hpp"
#include "daemon/status_board.hpp"
#include "daemon/worker.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace pgadvisor::daemon {

/// The running daemon: owns everything, wires it, and ends it in reverse. One io_context thread (the
/// caller's) and one worker thread.
class App {
 public:
  /// kGiveUp when the history cannot be opened, the DSN cannot be read or the address is taken.
  [[nodiscard]] static model::Result<std::unique_ptr<App>> make(const config::Settings& settings,
                                                                sandbox::ServerOptions sandbox,
                                                                advisor::Options options);

  /// Serves until SIGTERM or SIGINT.
  void run();

  [[nodiscard]] std::uint16_t port() const { return http_->port(); }

 private:
  App(const config::Settings& settings, pg::Dsn dsn, std::vector<pg::Dsn> replicas,
      std::unique_ptr<const model::Clock> clock, history::History history);

  void cycle_done(CycleResult result);
  [[nodiscard]] CollectionObserver observer();
  /// A problem of the life cycle's appears on the board, or is cured.
  void tell(const model::Result<void>& outcome);
  /// Looks every second whether a report or a delivery is due.
  void watch_reports();
  void tell_of_reports(const model::Result<void>& outcome);
  void announce(const advisor::Report& report);

  config::Settings settings_;
  std::unique_ptr<const model::Clock>
      clock_;  ///< at an address of its own: the history has it before we exist
  boost::asio::io_context context_{1};
  Publication publication_;   ///< what publishers read
  metrics::Metrics metrics_;  ///< made from it at each scrape
  StatusBoard board_;         ///< what the collection and the worker tell of themselves
  history::History history_;  ///< everything observed
  Lifecycle lifecycle_;       ///< what became of proposals
  HotspotWatch hotspots_;     ///< what sequential scans read
  std::mt19937 random_{std::random_device{}()};
  ReportDesk desk_;  ///< makes weekly reports
  boost::asio::steady_timer report_timer_{context_};
  std::unique_ptr<http::Server> http_;
  std::unique_ptr<notify::Courier> courier_;  ///< delivers reports; destroyed before the desk
  std::unique_ptr<Worker> worker_;            ///< runs cycles; destroyed before what it reports to
  Members members_;                           ///< feeds the history with what replicas use
  Collection collection_;                     ///< feeds history and worker
  std::set<std::string> announced_;           ///< ids of recommendations already logged
};

}  // namespace pgadvisor::daemon
