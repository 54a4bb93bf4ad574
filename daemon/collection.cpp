#include "daemon/collection.hpp"

#include "daemon/log.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace pgadvisor::daemon {
namespace {

using boost::asio::awaitable;

constexpr std::chrono::hours kPruneInterval{1};
/// Between two starts of cycles, however much is new.
constexpr std::chrono::minutes kSoonestAdvice{5};
/// The first repetition of a failed cycle; doubles up to the interval of advice.
constexpr std::chrono::seconds kCycleRetry{10};

awaitable<void> sleep_until(Due::Time time) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, time);
  co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace

Collection::Collection(const config::Settings& settings, pg::Dsn dsn, history::History& history,
                       const Members& members, HotspotWatch& hotspots, StatusBoard& board,
                       const model::Clock& clock, StartCycle start_cycle, CollectionObserver observer)
    : settings_(settings),
      dsn_(std::move(dsn)),
      history_(history),
      members_(members),
      hotspots_(hotspots),
      board_(board),
      clock_(clock),
      start_cycle_(std::move(start_cycle)),
      observer_(std::move(observer)),
      runner_(settings.collect.duty_cycle_limit, board, clock),
      server_(settings, history, board, clock, runner_, hotspots,
              {[this](const auto& found) { take_databases(found); },
               [this](const std::string& database) { return watches(database); }}) {}

awaitable<void> Collection::run() {
  const auto& database = settings_.target.statements_database;
  const auto dsn = database.empty() ? dsn_ : dsn_.with_database(database);
  int failures = 0;
  for (;;) {
    const auto& collect = settings_.collect;
    pg::ConnectionOptions options{"pgadvisor", collect.connect_timeout, collect.statement_timeout,
                                  collect.lock_timeout};
    auto connection = co_await pg::Connection::connect(dsn, options);
    model::Error error;
    if (connection) {
      failures = 0;
      board_.update([](Status& status) { status.up = true; });
      board_.succeeded("connection", "", {});
      error = co_await watch(std::move(*connection));
    } else {
      error = connection.error();
    }
    board_.update([](Status& status) { status.up = false; });
    board_.failed("connection", "", error);
    const double jitter = std::uniform_real_distribution<>(0, 1)(random_);
    const auto delay = reconnect_delay(failures++, error, jitter);
    co_await sleep_until(clock_.monotonic() + std::chrono::duration_cast<std::chrono::milliseconds>(delay));
  }
}

awaitable<model::Error> Collection::watch(pg::Connection connection) {
  MeteredConnection metered(std::move(connection));
  server_.connected();
  for (;;) {
    const auto done = co_await server_.run_due(metered);
    if (!done) co_return done.error();
    co_await visit_databases();
    if (hotspots_.take_news()) advise_soon();
    advise_when_due();
    prune_when_due();
    co_await sleep_until(next_due());
  }
}

awaitable<void> Collection::visit_databases() {
  const auto now = clock_.monotonic();
  std::vector<std::string> due;
  for (const auto& [name, database] : watched_) {
    if (database.due(now)) due.push_back(name);
  }
  for (const auto& name : due) {
    const bool reached = co_await watched_.at(name).visit();
    if (!reached) server_.look_for_databases();  // it may have been dropped, or the whole server be gone
  }
}

void Collection::take_databases(const std::vector<model::DatabaseProperties>& found) {
  for (const auto& properties : found) {
    const auto known = watched_.find(properties.name);
    if (known != watched_.end() && known->second.oid() == properties.oid) continue;
    log::info("watching database {}", properties.name);
    const DatabaseTasks::Context context{settings_, dsn_,    history_,  members_,  board_,
                                         clock_,    runner_, hotspots_, observer_, random_};
    hotspots_.watch(properties);
    watched_.erase(properties.name);
    watched_.emplace(properties.name, DatabaseTasks(context, properties));
  }
  std::erase_if(watched_, [&](const auto& entry) {
    const bool gone = std::ranges::find(found, entry.first, &model::DatabaseProperties::name) == found.end();
    if (gone) {
      log::warn("database {} is gone: no longer watched", entry.first);
      runner_.forget(entry.first);
      hotspots_.forget(entry.first);
    }
    return gone;
  });
  observer_.watching();
}

std::vector<DatabaseInput> Collection::cycle_inputs() {
  std::vector<DatabaseInput> inputs;
  for (const auto& [name, database] : watched_) {
    auto input = database.input(clock_.now() - settings_.advise.window);
    if (!input) {
      board_.set_problem("history", name, input.error());
      continue;
    }
    if (!*input) continue;
    board_.clear_problem("history", name);
    inputs.push_back(std::move(**input));
  }
  return inputs;
}

/// Plans and recommendations belong to what is new.
void Collection::advise_soon() {
  const auto interval = std::min(model::Seconds(kSoonestAdvice), model::Seconds(settings_.advise.interval));
  advise_due_.not_after(last_advice_, interval);
}

void Collection::advise_when_due() {
  const auto now = clock_.monotonic();
  if (!advise_due_.now(now) || !server_.statements_polled() || !members_.ready()) return;
  auto inputs = cycle_inputs();
  // Without any database left, an empty report takes the place of the last one.
  if (inputs.empty() && !watched_.empty()) return;
  const bool started = start_cycle_(std::move(inputs));
  if (started) last_advice_ = now;
  advise_due_.after(now, started ? model::Seconds(settings_.advise.interval) : model::Seconds(1));
}

void Collection::cycle_done(const CycleResult& result) {
  for (const auto& [name, cost] : result.production_time) {
    const auto database = watched_.find(name);
    const bool good = std::ranges::none_of(result.failures,
                                           [&](const Failure& failure) { return failure.database == name; });
    if (database != watched_.end()) database->second.twin_made(cost, good);
  }
  failed_cycles_ = result.failures.empty() ? 0 : failed_cycles_ + 1;
  if (failed_cycles_ == 0) return;
  const auto delay = model::Seconds(kCycleRetry) * std::exp2(std::min(failed_cycles_ - 1, 16));
  advise_due_.after(clock_.monotonic(), std::min(delay, model::Seconds(settings_.advise.interval)));
}

void Collection::prune_when_due() {
  const auto now = clock_.monotonic();
  if (!prune_due_.now(now)) return;
  prune_due_.after(now, kPruneInterval);
  if (const auto done = history_.prune(); !done) {
    board_.set_problem("history", "", done.error());
  } else {
    board_.clear_problem("history", "");
  }
  if (const auto size = history_.size()) {
    board_.update([&](Status& status) { status.history_size = *size; });
  }
}

Due::Time Collection::next_due() const {
  auto next = std::min(server_.next_due(), prune_due_.next());
  if (server_.statements_polled()) next = std::min(next, advise_due_.next());
  for (const auto& [name, database] : watched_) next = std::min(next, database.next_due());
  // Never spin, even when a task stays due because its turn cannot come yet.
  return std::max(next, clock_.monotonic() + std::chrono::milliseconds(200));
}

}  // namespace pgadvisor::daemon
