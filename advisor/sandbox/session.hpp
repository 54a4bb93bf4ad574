#pragma once

#include "advisor/sandbox/plan_cost.hpp"
#include "advisor/sandbox/scan.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/blocking_connection.hpp"

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace pgadvisor::sandbox {

/// A statement parsed and analysed once, in one of the twin's sessions.
enum class StatementId : std::int32_t {};

/// Sessions of a twin: more than one plan at the same time.
inline constexpr int kMostSessions = 16;

/// Number of the session that a statement was prepared in, from 0.
[[nodiscard]] constexpr int session_of(StatementId statement) {
  return static_cast<std::int32_t>(statement) % kMostSessions;
}

/// One session with a twin: the statements that it prepared, and what it planned. One thread at a time.
/// Functions and errors as Database has them.
class Session {
 public:
  /// `number`: below kMostSessions.
  Session(pg::BlockingConnection connection, int number)
      : connection_(std::move(connection)), number_(number) {}

  [[nodiscard]] model::Result<StatementId> prepare(const std::string& text);
  [[nodiscard]] model::Result<void> release(StatementId statement);
  [[nodiscard]] model::Result<StatementScans> scans(StatementId statement);
  [[nodiscard]] model::Result<std::vector<PlanCost>> costs(StatementId statement,
                                                           std::span<const Configuration> configurations);
  [[nodiscard]] model::Result<std::string> explain(StatementId statement, const Configuration& configuration);

  [[nodiscard]] model::Result<pg::Rows> ask(const std::string& sql, const pg::Parameters& parameters = {});
  [[nodiscard]] model::Result<void> execute(const std::string& sql);
  /// Releases every statement and counts anew.
  [[nodiscard]] model::Result<void> reset();
  /// After every so many answers that looked relations up: frees what the session remembers of them. It looks
  /// them up again when it needs them.
  [[nodiscard]] model::Result<void> bound_memory(std::size_t added);

  /// Of the database's beliefs (Database::open_sessions()), those that this session has.
  [[nodiscard]] std::int64_t beliefs() const { return beliefs_; }
  void set_beliefs(std::int64_t beliefs) { beliefs_ = beliefs; }

  [[nodiscard]] pg::BlockingConnection& connection() { return connection_; }
  [[nodiscard]] std::int64_t planner_calls() const { return planner_calls_; }
  [[nodiscard]] model::Seconds planner_time() const { return planner_time_; }

 private:
  /// ask() for the calls that plan: counted and timed.
  [[nodiscard]] model::Result<pg::Rows> ask_planner(std::size_t calls, const std::string& sql,
                                                    const pg::Parameters& parameters);
  [[nodiscard]] std::string own_number(StatementId statement) const;
  [[nodiscard]] model::Error judged(model::Error error) const;

  pg::BlockingConnection connection_;
  int number_;
  std::set<StatementId> statements_;
  std::int64_t planner_calls_ = 0;
  model::Seconds planner_time_{};
  std::size_t remembered_ = 0;  ///< answers that looked relations up since it forgot
  std::int64_t beliefs_ = 0;
};

}  // namespace pgadvisor::sandbox
