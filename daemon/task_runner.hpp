#pragma once

#include "collectors/model/clock.hpp"
#include "collectors/pg/connection.hpp"
#include "daemon/duty_cycle.hpp"
#include "daemon/schedule.hpp"
#include "daemon/status_board.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <string>
#include <utility>

namespace pgadvisor::daemon {

template <class T>
using Answer = boost::asio::awaitable<model::Result<T>>;

/// A connection whose time in the server is accounted piece by piece, beginning with connecting.
class MeteredConnection {
 public:
  explicit MeteredConnection(pg::Connection connection) : connection_(std::move(connection)) {}

  [[nodiscard]] pg::Connection& get() { return connection_; }
  /// What it has taken since the last call.
  [[nodiscard]] model::Seconds take_cost() {
    const model::Seconds busy = connection_.busy();
    return busy - std::exchange(taken_, busy);
  }

 private:
  pg::Connection connection_;
  model::Seconds taken_{};
};

/// Runs repeated tasks: each when it is due, measured, put off as the duty cycle demands, and reported to the
/// board. Only the io_context's thread uses it.
class TaskRunner {
 public:
  /// `duty_cycle_limit`: the share of one core that all tasks together may take of the monitored server.
  TaskRunner(double duty_cycle_limit, StatusBoard& board, const model::Clock& clock)
      : duty_(duty_cycle_limit), board_(board), clock_(clock) {}

  /// `work()` is an awaitable model::Result<void>. Answers an error only when the connection is lost.
  template <class Work>
  [[nodiscard]] Answer<void> when_due(TaskId id, Due& due, std::chrono::seconds interval,
                                      MeteredConnection& connection, Work work) {
    const auto begin = clock_.monotonic();
    if (!may_begin(id, due)) co_return model::Result<void>{};
    const auto done = co_await work();
    co_return ended(id, due, interval, begin, connection.take_cost(), done);
  }

  /// The decision before a run of when_due(): whether its time has come. It has to wait longer all the same
  /// when others have become dearer since its last run, unless it is wanted at once.
  [[nodiscard]] bool may_begin(const TaskId& id, Due& due);
  /// The accounts after one that began at `begin`, took `cost` of the server's time and ended with `done`.
  [[nodiscard]] model::Result<void> ended(const TaskId& id, Due& due, std::chrono::seconds interval,
                                          Due::Time begin, model::Seconds cost,
                                          const model::Result<void>& done);

  /// Time in the server that `id` took, which would be repeated after `wanted`: how long to wait at least.
  [[nodiscard]] model::Seconds charge(const TaskId& id, model::Seconds wanted, model::Seconds cost);
  /// The same as of now.
  [[nodiscard]] model::Seconds least_wait(const TaskId& id) const { return duty_.least_wait(id); }
  /// For what is done once: it counts, but nothing is put off for it.
  void charge_once(const TaskId& id, model::Seconds cost);
  /// The database is no longer watched.
  void forget(const std::string& database);

 private:
  DutyCycle duty_;
  StatusBoard& board_;
  const model::Clock& clock_;
  std::map<TaskId, Due::Time> ended_;  ///< the last run of each
};

}  // namespace pgadvisor::daemon
