#include "daemon/collection.hpp"

#include "collectors/database_collector.hpp"
#include "collectors/identity_collector.hpp"
#include "collectors/relations_collector.hpp"
#include "collectors/samples_collector.hpp"
#include "collectors/snapshot_collector.hpp"
#include "daemon/log.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace pgadvisor::daemon {
namespace {

using boost::asio::awaitable;
using model::NextStep;
using model::Result;

/// Tasks that share the duty cycle: statements, texts, samples, relations, fingerprint, catalog.
constexpr int kTasks = 6;
constexpr std::chrono::hours kPruneInterval{1};
/// How often a task that needs somebody's help (an extension, a privilege) looks whether it has come.
constexpr std::chrono::seconds kCureCheck{10};
/// The first repetition of a failed cycle; doubles up to the interval of advice.
constexpr std::chrono::seconds kCycleRetry{10};

awaitable<void> sleep_until(std::chrono::steady_clock::time_point time) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, time);
  co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace

Collection::Collection(const config::Settings& settings, pg::Dsn dsn, history::History& history,
                       const Members& members, StatusBoard& board, const model::Clock& clock,
                       StartCycle start_cycle, Observer observer)
    : settings_(settings),
      dsn_(std::move(dsn)),
      history_(history),
      members_(members),
      board_(board),
      clock_(clock),
      start_cycle_(std::move(start_cycle)),
      observer_(std::move(observer)) {}

pg::ConnectionOptions Collection::connection_options(const std::string& name) const {
  const auto& collect = settings_.collect;
  return {name, collect.connect_timeout, collect.statement_timeout, collect.lock_timeout};
}

awaitable<void> Collection::run() {
  const auto& database = settings_.target.statements_database;
  const auto dsn = database.empty() ? dsn_ : dsn_.with_database(database);
  int failures = 0;
  for (;;) {
    auto options = connection_options("pgadvisor");
    auto connection = co_await pg::Connection::connect(dsn, options);
    model::Error error;
    if (connection) {
      failures = 0;
      board_.update([](Status& status) { status.up = true; });
      board_.succeeded("connection", "", {});
      error = co_await watch(*connection);
    } else {
      error = connection.error();
    }
    board_.update([](Status& status) { status.up = false; });
    board_.failed("connection", "", error);
    const auto delay = reconnect_delay(failures++, error, jitter());
    co_await sleep_until(clock_.monotonic() + std::chrono::duration_cast<std::chrono::milliseconds>(delay));
  }
}

awaitable<model::Error> Collection::watch(pg::Connection& connection) {
  identity_due_.at_once();
  databases_due_.at_once();
  extension_.reset();
  for (;;) {
    const auto done = co_await server_tasks(connection);
    if (!done) co_return done.error();
    co_await database_tasks();
    advise_when_due();
    prune_when_due();
    co_await sleep_until(next_due());
  }
}

Collection::Answer<void> Collection::server_tasks(pg::Connection& connection) {
  const auto& collect = settings_.collect;
  using Task = Answer<void> (Collection::*)(pg::Connection&);
  struct Entry {
    const char* name;
    Due& due;
    std::chrono::seconds interval;
    Task task;
  };
  // Switched off, it only sees to it now and then that nothing is kept.
  const auto samples_interval = collect.samples ? collect.samples_interval : collect.catalog_interval;
  const std::array<Entry, 5> entries{
      {{"identity", identity_due_, collect.relations_interval, &Collection::identity},
       {"databases", databases_due_, collect.relations_interval, &Collection::databases},
       {"statements", statements_due_, collect.statements_interval, &Collection::statements},
       {"texts", texts_due_, collect.texts_interval, &Collection::texts},
       {"samples", samples_due_, samples_interval, &Collection::samples}}};
  for (const auto& entry : entries) {
    const auto work = [this, &connection, &entry] { return (this->*entry.task)(connection); };
    auto done = co_await when_due(entry.name, "", entry.due, entry.interval, connection, work);
    if (!done) co_return done.error();
  }
  // The interval limits costly reads of the text file; looking whether one is needed asks only the history.
  if (std::exchange(texts_idle_, false)) texts_due_.after(clock_.monotonic(), collect.statements_interval);
  co_return Outcome{};
}

awaitable<void> Collection::database_tasks() {
  const auto now = clock_.monotonic();
  std::vector<std::string> due;
  for (const auto& [name, database] : watched_) {
    if (database.relations.now(now) || database.fingerprint_check.now(now)) due.push_back(name);
  }
  for (const auto& name : due) {
    co_await visit(watched_.at(name));
  }
}

awaitable<void> Collection::visit(Watched& database) {
  const auto name = database.properties.name;
  auto options = connection_options("pgadvisor " + name);
  auto dsn = dsn_.with_database(name);
  auto connection = co_await pg::Connection::connect(dsn, options);
  if (!connection) {
    board_.failed("relations", name, connection.error());
    visit_failed(database, connection.error());
    co_return;
  }
  database.dsn = connection->effective_dsn();
  const auto& collect = settings_.collect;
  const auto relations_work = [&] { return relations(*connection, database); };
  auto done = co_await when_due("relations", name, database.relations, collect.relations_interval,
                                *connection, relations_work);
  const auto catalog_work = [&] { return catalog(*connection, database); };
  if (done) {
    done = co_await when_due("catalog", name, database.fingerprint_check, collect.fingerprint_interval,
                             *connection, catalog_work);
  }
  if (done) {
    database.failures = 0;
  } else {
    visit_failed(database, done.error());
  }
}

void Collection::visit_failed(Watched& database, const model::Error& error) {
  const auto delay = reconnect_delay(database.failures++, error, jitter());
  database.relations.after(clock_.monotonic(), delay);
  database.fingerprint_check.after(clock_.monotonic(), delay);
  databases_due_.at_once();  // it may have been dropped, or the whole server be gone
}

double Collection::jitter() {
  return std::uniform_real_distribution<>(0, 1)(random_);
}

template <class Work>
Collection::Answer<void> Collection::when_due(std::string name, std::string database, Due& due,
                                              std::chrono::seconds interval, pg::Connection& connection,
                                              Work work) {
  const auto begin = clock_.monotonic();
  if (!due.now(begin)) co_return Outcome{};
  const double busy_before = connection.busy().count();
  const auto done = co_await work();
  const model::Seconds took(connection.busy().count() - busy_before);
  account(connection, busy_before);
  const bool helpless = !done && done.error().next == NextStep::kGiveUp;
  const auto wanted = helpless ? std::min(interval, kCureCheck) : interval;
  const auto next = stretched(wanted, took, settings_.collect.duty_cycle_limit, kTasks);
  due.after(clock_.monotonic(), next);
  board_.set_interval(name, database, next);
  if (done) {
    board_.succeeded(name, database, clock_.monotonic() - begin);
    co_return Outcome{};
  }
  board_.failed(name, database, done.error());
  if (done.error().next != NextStep::kReconnect) co_return Outcome{};
  due.at_once();
  co_return done.error();
}

void Collection::account(const pg::Connection& connection, double busy_before) {
  board_.update([&](Status& status) {
    status.database_seconds += connection.busy().count() - busy_before;
    const model::Seconds up = clock_.now() - status.started_at;
    status.duty_cycle = up.count() > 0 ? status.database_seconds / up.count() : 0;
  });
}

Collection::Answer<void> Collection::identity(pg::Connection& connection) {
  const auto identity = co_await collectors::collect_identity(connection);
  if (!identity) co_return identity.error();
  board_.update([&](Status& status) { status.server = *identity; });
  co_return history_.record_identity(*identity);
}

Collection::Answer<void> Collection::databases(pg::Connection& connection) {
  collectors::DatabaseFilter filter{settings_.target.include_databases, settings_.target.exclude_databases};
  const auto found = co_await collectors::collect_databases(connection, filter);
  if (!found) co_return found.error();
  std::vector<std::string> names;
  for (const auto& properties : *found) {
    names.push_back(properties.name);
    auto& watched = watched_[properties.name];
    if (watched.properties.oid == properties.oid) continue;
    log::info("watching database {}", properties.name);
    watched = {};
    watched.properties = properties;
  }
  std::erase_if(watched_, [&](const auto& entry) {
    const bool gone = std::find(names.begin(), names.end(), entry.first) == names.end();
    if (gone) log::warn("database {} is gone: no longer watched", entry.first);
    return gone;
  });
  board_.set_databases(std::move(names));
  if (const auto done = history_.record_databases(*found); !done) co_return done.error();
  observer_.watching();
  if (found->empty()) {
    co_return model::give_up(
        "there is no database to watch",
        "set target.include_databases and target.exclude_databases to leave at least one");
  }
  co_return Outcome{};
}

Collection::Answer<void> Collection::statements(pg::Connection& connection) {
  if (!extension_) {
    const auto found = co_await collectors::find_statements_extension(connection);
    if (!found) co_return found.error();
    extension_ = *found;
  }
  const auto poll = co_await collectors::collect_statements(connection, *extension_);
  if (!poll) {
    extension_.reset();  // it may have been dropped or updated
    co_return poll.error();
  }
  if (const auto done = history_.record_statements(*poll); !done) co_return done.error();
  statements_polled_ = true;
  board_.update([&](Status& status) { status.evictions = poll->evictions.value_or(0); });
  co_return Outcome{};
}

Collection::Answer<void> Collection::texts(pg::Connection& connection) {
  if (!extension_) co_return Outcome{};
  const auto keys = history_.keys_without_text();
  if (!keys) co_return keys.error();
  texts_idle_ = keys->empty();
  if (texts_idle_) co_return Outcome{};
  const auto found = co_await collectors::collect_statement_texts(connection, *extension_, *keys);
  if (!found) co_return found.error();
  co_return history_.record_texts(*found);
}

Collection::Answer<void> Collection::samples(pg::Connection& connection) {
  if (!settings_.collect.samples) co_return history_.forget_samples();
  auto poll = co_await collectors::collect_samples(connection, samples_taken_);
  if (!poll) co_return poll.error();
  samples_taken_ = poll->taken_at;
  std::erase_if(poll->texts, [&](const auto& sample) { return !watches(sample.database); });
  co_return history_.record_samples(*poll);
}

Collection::Answer<void> Collection::relations(pg::Connection& connection, Watched& database) {
  const auto poll = co_await collectors::collect_relations(connection);
  if (!poll) co_return poll.error();
  const auto& name = database.properties.name;
  if (const auto done = history_.record_relations(name, *poll); !done) co_return done.error();
  primary_ = connection.effective_dsn().server();
  const auto& server = board_.status().server;
  const auto known =
      history_.record_usage(primary_, server ? server->system_identifier : std::string(), name, *poll);
  if (!known) co_return known.error();
  if (!*known) database.fingerprint_check.at_once();  // an index that the last catalog did not have
  observer_.counted(name);
  co_return Outcome{};
}

Collection::Answer<void> Collection::catalog(pg::Connection& connection, Watched& database) {
  auto fingerprint = co_await collectors::collect_fingerprint(connection);
  if (!fingerprint) co_return fingerprint.error();
  const bool due = database.catalog.now(clock_.monotonic());
  if (database.snapshot && !due && *fingerprint == database.fingerprint) {
    observer_.unchanged(database.properties.name);
    co_return Outcome{};
  }
  auto snapshot = co_await collectors::collect_snapshot(connection, database.properties);
  if (!snapshot) co_return snapshot.error();
  if (const auto done = history_.record_definitions(*snapshot); !done) co_return done.error();
  database.snapshot = std::make_shared<const model::DatabaseSnapshot>(std::move(*snapshot));
  database.fingerprint = std::move(*fingerprint);
  database.catalog.after(clock_.monotonic(), settings_.collect.catalog_interval);
  observer_.looked(*database.snapshot);
  co_return Outcome{};
}

/// A member that missed three polls is away.
index_health::UsagePolicy Collection::usage_policy(const std::string& database) const {
  model::Seconds interval =
      std::max(model::Seconds(settings_.collect.relations_interval), members_.longest_interval());
  for (const auto& task : board_.status().tasks) {
    if (task.name == "relations" && task.database == database) interval = std::max(interval, task.interval);
  }
  index_health::UsagePolicy policy;
  policy.window = settings_.advise.unused_window;
  policy.away_after = 3 * interval;
  return policy;
}

Result<DatabaseInput> Collection::input_of(const Watched& database) const {
  const auto& name = database.properties.name;
  auto activity = history_.activity(name, clock_.now() - settings_.advise.window);
  if (!activity) return activity.error();
  auto configured = members_.configured();
  configured.insert(configured.begin(), {primary_, {}});
  auto usage = history_.usage(name, configured);
  if (!usage) return usage.error();
  auto memory = history_.memory(name);
  if (!memory) return memory.error();
  return DatabaseInput{*database.dsn,     database.snapshot,  std::move(*activity),
                       std::move(*usage), std::move(*memory), usage_policy(name)};
}

void Collection::advise_when_due() {
  const auto now = clock_.monotonic();
  if (!advise_due_.now(now) || !statements_polled_ || !members_.ready()) return;
  std::vector<DatabaseInput> inputs;
  for (const auto& [name, database] : watched_) {
    if (!database.snapshot || !database.dsn) continue;
    auto input = input_of(database);
    if (!input) {
      board_.set_problem("history", name, input.error());
      continue;
    }
    board_.clear_problem("history", name);
    inputs.push_back(std::move(*input));
  }
  // Without any database left, an empty report takes the place of the last one.
  if (inputs.empty() && !watched_.empty()) return;
  const bool started = start_cycle_(std::move(inputs));
  advise_due_.after(now, started ? model::Seconds(settings_.advise.interval) : model::Seconds(1));
}

void Collection::cycle_done(bool good) {
  failed_cycles_ = good ? 0 : failed_cycles_ + 1;
  if (good) return;
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

std::chrono::steady_clock::time_point Collection::next_due() const {
  auto next = std::min({identity_due_.next(), databases_due_.next(), statements_due_.next(),
                        texts_due_.next(), samples_due_.next(), prune_due_.next()});
  if (statements_polled_) next = std::min(next, advise_due_.next());
  for (const auto& [name, database] : watched_) {
    next = std::min({next, database.relations.next(), database.fingerprint_check.next()});
  }
  // Never spin, even when a task stays due because its turn cannot come yet.
  return std::max(next, clock_.monotonic() + std::chrono::milliseconds(200));
}

}  // namespace pgadvisor::daemon
