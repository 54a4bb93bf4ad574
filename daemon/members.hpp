#pragma once

#include "collectors/history/history.hpp"
#include "collectors/model/clock.hpp"
#include "collectors/model/usage.hpp"
#include "collectors/pg/connection.hpp"
#include "config/settings.hpp"
#include "daemon/duty_cycle.hpp"
#include "daemon/status_board.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace pgadvisor::daemon {

/// Polls the index counters of the configured replicas into the history: one coroutine each, over connections
/// of a moment, all on one io_context. What goes wrong with one is a problem on the board and is retried; the
/// others do not wait for it. The primary is polled elsewhere (Collection); a replica that has become it is
/// not polled twice.
class Members {
 public:
  /// kGiveUp when a DSN cannot be read.
  [[nodiscard]] static model::Result<std::vector<pg::Dsn>> parse(const config::TargetSettings& target);

  Members(const config::Settings& settings, std::vector<pg::Dsn> replicas, history::History& history,
          StatusBoard& board, const model::Clock& clock);

  [[nodiscard]] std::size_t size() const { return replicas_.size(); }
  /// Never ends by itself.
  [[nodiscard]] boost::asio::awaitable<void> run(std::size_t replica);

  /// Each was asked once, with whatever outcome: before, nobody knows who is away.
  [[nodiscard]] bool ready() const;
  [[nodiscard]] std::vector<model::ConfiguredMember> configured() const;
  /// The longest time between two polls of a replica.
  [[nodiscard]] model::Seconds longest_interval() const;

 private:
  struct Replica {
    pg::Dsn dsn;
    std::string name;
    DutyCycle duty;  ///< each replica is a server of its own
    bool asked = false;
    std::string trouble = {};
    model::Seconds busy{};  ///< time its last round spent in it
    model::Seconds interval{};
    int failures = 0;  ///< rounds in a row
  };

  [[nodiscard]] boost::asio::awaitable<model::Result<void>> round(Replica& replica);
  [[nodiscard]] boost::asio::awaitable<model::Result<void>> poll(Replica& replica, std::string database);
  [[nodiscard]] bool is_primary(const model::ServerIdentity& identity) const;
  void report(Replica& replica, const model::Result<void>& outcome);
  void show(const Replica& replica, const model::ServerIdentity& identity);

  const config::Settings& settings_;
  std::vector<Replica> replicas_;
  history::History& history_;
  StatusBoard& board_;
  const model::Clock& clock_;
};

}  // namespace pgadvisor::daemon
