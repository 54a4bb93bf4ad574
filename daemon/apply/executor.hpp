#pragma once

#include "collectors/model/result.hpp"
#include "collectors/pg/dsn.hpp"
#include "daemon/apply/after_failure.hpp"
#include "daemon/apply/plan.hpp"
#include "daemon/apply/reporter.hpp"
#include "daemon/apply/session.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::daemon::apply {

struct ExecutorOptions {
  std::chrono::milliseconds lock_timeout{5000};    ///< for the lock of the table
  std::chrono::milliseconds wait_timeout{600000};  ///< for transactions that CONCURRENTLY has to wait for
  std::chrono::milliseconds timeout{0};            ///< of one statement; 0: as long as it takes
  int attempts = 5;                                ///< for a lock that is not to be had
};

struct Outcome {
  std::optional<model::Error> error;  ///< empty: all steps are done
  /// What the failed step left and could not be cleaned up: the exact commands that do, without semicolon.
  std::vector<std::string> clean_up;
  /// What steps before it made, which is good as it is: running again continues with it.
  std::vector<model::ObjectName> made;
};

/// Carries a plan out, statement by statement. Whatever happens to a statement (an error, a timeout, Ctrl-C,
/// a lost connection), the catalog is asked afterwards what became of it, and what an unfinished one left is
/// taken away again, over a new connection where need be. One thread; signals are the caller's to catch
/// (interrupts.hpp).
class Executor {
 public:
  Executor(pg::Dsn dsn, Session session, ExecutorOptions options, Reporter& reporter);

  [[nodiscard]] Outcome run(const Plan& plan);

 private:
  [[nodiscard]] std::optional<model::Error> run_step(const Step& step);
  [[nodiscard]] model::Result<void> attempt(const Step& step);
  [[nodiscard]] model::Result<void> probe_lock(const Step& step);
  [[nodiscard]] model::Error with_holders(model::Error error, const Step& step);
  [[nodiscard]] Left look(const Step& step);
  [[nodiscard]] Left clean_up(const Step& step);
  [[nodiscard]] bool connected();
  void end_old_backend(int pid, const std::string& start);
  /// False once a signal came that was not there when the step began.
  [[nodiscard]] bool watch();
  void show_progress();
  [[nodiscard]] bool pause(model::Seconds time);

  pg::Dsn dsn_;
  Session session_;
  std::optional<Session> watcher_;
  ExecutorOptions options_;
  Reporter& reporter_;
  int signals_seen_ = 0;
  bool unreachable_ = false;  ///< connecting again was tried in vain
  std::chrono::steady_clock::time_point started_{};
  std::chrono::steady_clock::time_point looked_{};
  std::string waited_for_;
};

}  // namespace pgadvisor::daemon::apply
