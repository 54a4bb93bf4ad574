#include "daemon/apply/executor.hpp"

#include "collectors/model/clock.hpp"
#include "collectors/sql/quote.hpp"
#include "daemon/apply/interrupts.hpp"
#include "daemon/apply/read_facts.hpp"

#include <fmt/format.h>

#include <thread>

namespace pgadvisor::daemon::apply {
namespace {

using model::Result;
using namespace std::chrono_literals;

constexpr auto kProgressInterval = 500ms;
constexpr int kCleanUpAttempts = 3;
constexpr int kReconnectAttempts = 30;  ///< one a second: a server that restarts is back by then
constexpr auto kOldBackendPatience = 15s;

std::chrono::steady_clock::time_point monotonic() {
  return model::SystemClock{}.monotonic();
}

const char* doing(Step::What what) {
  switch (what) {
    case Step::What::kCreate:
      return "creating";
    case Step::What::kDrop:
      return "dropping";
    case Step::What::kAttach:
      return "attaching";
  }
  return "changing";
}

}  // namespace

Executor::Executor(pg::Dsn dsn, Session session, ExecutorOptions options, Reporter& reporter)
    : dsn_(std::move(dsn)), session_(std::move(session)), options_(options), reporter_(reporter) {
  if (auto watcher = Session::open(dsn_, "pgadvisor apply, watching")) watcher_.emplace(std::move(*watcher));
}

Outcome Executor::run(const Plan& plan) {
  Outcome outcome;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const auto& step = plan.steps[i];
    const auto number = plan.steps.size() > 1 ? fmt::format(" ({} of {})", i + 1, plan.steps.size()) : "";
    reporter_.line(fmt::format("{} {}{}", doing(step.what), sql::quote_name(step.index), number));
    outcome.error = run_step(step);
    reporter_.end_progress();
    if (!outcome.error) {
      if (step.what == Step::What::kCreate) outcome.made.push_back(step.index);
      continue;
    }
    const auto left = look(step);
    if (left == Left::kDone) {  // it was seen through while it was cleaned up
      outcome.error.reset();
      continue;
    }
    if (left != Left::kNothing && !step.clean_up.empty()) outcome.clean_up.push_back(step.clean_up);
    return outcome;
  }
  return outcome;
}

std::optional<model::Error> Executor::run_step(const Step& step) {
  signals_seen_ = Interrupts::count();
  for (int number = 1;; ++number) {
    auto outcome = attempt(step);
    reporter_.end_progress();
    const bool interrupted = Interrupts::count() > signals_seen_;
    signals_seen_ = Interrupts::count();
    auto error = outcome ? model::Error{} : with_holders(outcome.error(), step);
    auto left = look(step);
    if (left == Left::kDone) return std::nullopt;
    if (outcome) error = model::give_up("the index is not valid, although the server reported no error");
    if (left == Left::kLeftover) {
      reporter_.line(fmt::format("{}: cleaning up", error.message));
      left = clean_up(step);
      if (left == Left::kDone) return std::nullopt;
    }
    if (interrupted) return model::Error{model::NextStep::kGiveUp, "interrupted", "", "57014"};
    const auto delay = left == Left::kNothing ? retry_after(error, number, options_.attempts) : std::nullopt;
    if (!delay) return error;
    reporter_.line(fmt::format("{}: trying again in {:.0f} s ({} of {})", error.message, delay->count(),
                               number + 1, options_.attempts));
    if (!pause(*delay)) return model::Error{model::NextStep::kGiveUp, "interrupted", "", "57014"};
  }
}

Result<void> Executor::attempt(const Step& step) {
  started_ = looked_ = monotonic();
  waited_for_.clear();
  if (auto probed = probe_lock(step); !probed) return probed;
  const auto lock = step.concurrently ? options_.wait_timeout : options_.lock_timeout;
  return session_.run(step.sql, {lock, options_.timeout}, [this] { return watch(); });
}

/// CONCURRENTLY waits for old transactions under the same lock_timeout as for the table's lock, also at its
/// very end, when an hour's work is done: so the lock alone is asked for first, and the long patience kept
/// for the others.
Result<void> Executor::probe_lock(const Step& step) {
  if (!step.concurrently) return {};
  // Two statements in one text are a transaction of their own, which is over with its end or its error.
  const auto sql = fmt::format("LOCK TABLE ONLY {} IN SHARE UPDATE EXCLUSIVE MODE; SELECT 1",
                               sql::quote_name(step.table));
  const auto locked = session_.run(sql, {options_.lock_timeout, 0ms}, [this] { return watch(); });
  if (locked) return {};
  // A materialised view cannot be locked so, and an owner may have revoked his own rights: then as it comes.
  const auto& state = locked.error().sqlstate;
  if (state == "42809" || state == "42501") return {};
  return locked;
}

model::Error Executor::with_holders(model::Error error, const Step& step) {
  if (error.sqlstate != "55P03") return error;
  for (const auto& holder : lock_holders(session_, step.table)) error.message += "; " + holder;
  if (!waited_for_.empty()) error.message += "; waited for " + waited_for_;
  return error;
}

Left Executor::look(const Step& step) {
  if (!connected()) return Left::kUnknown;
  const auto found = find_index(session_, step.index);
  if (!found) return Left::kUnknown;
  if (step.what == Step::What::kDrop) {
    return !*found ? Left::kDone : (*found)->first.is_valid ? Left::kNothing : Left::kLeftover;
  }
  if (!*found) return Left::kNothing;
  const auto& index = (*found)->first;
  if (step.what == Step::What::kAttach) {
    return index.parent != model::Oid::kInvalid ? Left::kDone : Left::kNothing;
  }
  // A partitioned index becomes valid with its last part.
  return index.is_valid || !step.concurrently ? Left::kDone : Left::kLeftover;
}

Left Executor::clean_up(const Step& step) {
  auto left = Left::kLeftover;
  for (int number = 1; number <= kCleanUpAttempts && left == Left::kLeftover; ++number) {
    // With the lock in hand nobody is building it any more.
    if (const auto probed = probe_lock(step); probed || session_.usable()) left = look(step);
    if (left != Left::kLeftover) break;
    started_ = looked_ = monotonic();
    const auto done = session_.run(step.clean_up, {options_.wait_timeout, 0ms}, [this] { return watch(); });
    left = look(step);
    if (Interrupts::count() > signals_seen_) break;  // whoever asks twice means it
    if (!done && left == Left::kLeftover) {
      reporter_.line(fmt::format("cleaning up: {}", with_holders(done.error(), step).message));
      if (number < kCleanUpAttempts && !pause(model::Seconds(number))) break;
    }
  }
  return left;
}

bool Executor::connected() {
  if (session_.usable()) return true;
  if (unreachable_) return false;
  const int pid = session_.backend_pid();
  const auto start = session_.backend_start();
  reporter_.line("the connection is lost: connecting again");
  for (int number = 1; number <= kReconnectAttempts; ++number) {
    auto session = Session::open(dsn_, "pgadvisor apply");
    if (session) {
      session_ = std::move(*session);
      end_old_backend(pid, start);
      return true;
    }
    if (session.error().next == model::NextStep::kGiveUp || !pause(1s)) break;
  }
  unreachable_ = true;
  return false;
}

/// The server may not know yet that we are gone.
void Executor::end_old_backend(int pid, const std::string& start) {
  const auto until = monotonic() + kOldBackendPatience;
  while (monotonic() < until) {
    const auto rows = session_.query(
        "SELECT pg_catalog.pg_cancel_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = $1::int AND "
        "backend_start = $2::timestamptz",
        {std::to_string(pid), start});
    if (!rows || rows->size() == 0) return;
    std::this_thread::sleep_for(200ms);
  }
}

bool Executor::watch() {
  if (Interrupts::count() > signals_seen_) return false;
  if (monotonic() - looked_ >= kProgressInterval) {
    looked_ = monotonic();
    show_progress();
  }
  return true;
}

void Executor::show_progress() {
  if (!watcher_ || !watcher_->usable()) return;
  const auto rows = watcher_->query(
      "SELECT p.phase, p.blocks_done, p.blocks_total, p.tuples_done, p.tuples_total, p.lockers_done, "
      "p.lockers_total, p.current_locker_pid, coalesce(a.state, '') "
      "FROM pg_catalog.pg_stat_progress_create_index p "
      "LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = nullif(p.current_locker_pid, 0) WHERE p.pid = "
      "$1::int",
      {std::to_string(session_.backend_pid())});
  if (!rows || rows->size() == 0) return;
  Progress progress{.phase = rows->string(0, 0),
                    .blocks_done = rows->integer(0, 1),
                    .blocks_total = rows->integer(0, 2),
                    .tuples_done = rows->integer(0, 3),
                    .tuples_total = rows->integer(0, 4),
                    .lockers_done = rows->integer(0, 5),
                    .lockers_total = rows->integer(0, 6),
                    .waits_for = {}};
  if (rows->integer(0, 7) > 0) {
    progress.waits_for = fmt::format("backend {} ({})", rows->integer(0, 7), rows->string(0, 8));
    waited_for_ = progress.waits_for;
  }
  reporter_.progress(progress, monotonic() - started_);
}

bool Executor::pause(model::Seconds time) {
  const auto until = monotonic() + std::chrono::duration_cast<std::chrono::milliseconds>(time);
  while (monotonic() < until) {
    if (Interrupts::count() > signals_seen_) return false;
    std::this_thread::sleep_for(100ms);
  }
  return true;
}

}  // namespace pgadvisor::daemon::apply
