#include "daemon/database_tasks.hpp"

#include "collectors/compared_values.hpp"
#include "collectors/relations_collector.hpp"
#include "collectors/snapshot_collector.hpp"
#include "collectors/table_details.hpp"

#include <algorithm>
#include <utility>

namespace pgadvisor::daemon {

namespace {

/// What is longer, and three times the usual, is a time in which nobody watched.
constexpr model::Seconds kLongestWindow{std::chrono::hours(2)};

}  // namespace

using Outcome = model::Result<void>;

boost::asio::awaitable<bool> DatabaseTasks::visit() {
  const auto& collect = context_.settings.collect;
  const auto name = properties_.name;
  pg::ConnectionOptions options{"pgadvisor " + name, collect.connect_timeout, collect.statement_timeout,
                                collect.lock_timeout};
  auto dsn = context_.dsn.with_database(name);
  auto connection = co_await pg::Connection::connect(dsn, options);
  if (!connection) {
    context_.board.failed("relations", name, connection.error());
    failed(connection.error());
    co_return false;
  }
  dsn_ = connection->effective_dsn();
  MeteredConnection metered(std::move(*connection));
  const auto done = co_await run_due(metered);
  if (!done) failed(done.error());
  if (done) failures_ = 0;
  co_return done.has_value();
}

Answer<void> DatabaseTasks::run_due(MeteredConnection& connection) {
  const auto& collect = context_.settings.collect;
  // Named, not braced within co_await, which g++ 12 gets wrong.
  const TaskId relations_task{"relations", properties_.name};
  const TaskId fingerprint_task{"fingerprint", properties_.name};
  const TaskId catalog_task{"catalog", properties_.name};
  const auto count = [&] { return relations(connection.get()); };
  auto done = co_await context_.runner.when_due(relations_task, relations_, collect.relations_interval,
                                                connection, count);
  if (!done) co_return done.error();
  // A pass takes the fingerprint of what it reads.
  if (pass_due_.now(context_.clock.monotonic())) fingerprint_check_.at_once();
  const auto look = [&] { return fingerprint(connection.get()); };
  done = co_await context_.runner.when_due(fingerprint_task, fingerprint_check_, collect.fingerprint_interval,
                                           connection, look);
  if (!done) co_return done.error();
  if (seen_.empty()) co_return Outcome{};  // no fingerprint, no pass
  const auto read = [&] { return catalog(connection.get()); };
  done = co_await context_.runner.when_due(catalog_task, pass_due_, usual_pass_interval(), connection, read);
  if (std::exchange(passed_, false)) passed();
  co_return done;
}

/// The next pass comes when its time has come or, once this one is paid back, when the catalog changed.
void DatabaseTasks::passed() {
  last_pass_ = context_.clock.monotonic();
  put_off_pass(context_.runner.least_wait({"catalog", properties_.name}));
}

void DatabaseTasks::put_off_pass(model::Seconds least) {
  const auto now = context_.clock.monotonic();
  const auto interval = std::max(model::Seconds(context_.settings.collect.catalog_interval), least);
  pass_due_.after(last_pass_, interval);
  fingerprint_check_.not_before(now, least);
  pass_paid_.after(now, least);
  context_.board.set_interval("catalog", properties_.name, interval);
}

/// As often as passes come at present: what they are put off for depends on it.
std::chrono::seconds DatabaseTasks::usual_pass_interval() const {
  const auto& collect = context_.settings.collect;
  const auto since = std::chrono::floor<std::chrono::seconds>(context_.clock.monotonic() - last_pass_);
  return snapshot_ ? std::clamp(since, collect.fingerprint_interval, collect.catalog_interval)
                   : collect.fingerprint_interval;
}

void DatabaseTasks::failed(const model::Error& error) {
  const double jitter = std::uniform_real_distribution<>(0, 1)(context_.random);
  const auto delay = reconnect_delay(failures_++, error, jitter);
  relations_.after(context_.clock.monotonic(), delay);
  fingerprint_check_.after(context_.clock.monotonic(), delay);
}

Answer<void> DatabaseTasks::relations(pg::Connection& connection) {
  const auto poll = co_await collectors::collect_relations(connection);
  if (!poll) co_return poll.error();
  auto window = context_.history.record_relations(properties_.name, *poll);
  if (!window) co_return window.error();
  if (const auto done = record_usage(*poll); !done) co_return done.error();
  context_.observer.counted(properties_.name);
  co_return co_await judge_hotspots(connection, std::move(*window));
}

model::Result<void> DatabaseTasks::record_usage(const model::RelationPoll& poll) {
  const auto& server = context_.board.status().server;
  const auto known = context_.history.record_usage(
      dsn_->server(), server ? server->system_identifier : std::string(), properties_.name, poll);
  if (!known) return known.error();
  // An index that the last pass did not have.
  if (!*known && pass_paid_.now(context_.clock.monotonic())) fingerprint_check_.at_once();
  return {};
}

Answer<void> DatabaseTasks::judge_hotspots(pg::Connection& connection, model::RelationWindow window) {
  auto tables = context_.hotspots.to_look_at(window, snapshot_);
  const auto details = co_await collectors::collect_table_details(connection, std::move(tables));
  if (!details) co_return details.error();
  co_return context_.hotspots.judge(properties_.name, window, *details, snapshot_,
                                    std::max(kLongestWindow, 3 * relations_interval()));
}

Answer<void> DatabaseTasks::fingerprint(pg::Connection& connection) {
  seen_.clear();
  auto fingerprint = co_await collectors::collect_fingerprint(connection);
  if (!fingerprint) co_return fingerprint.error();
  seen_ = std::move(*fingerprint);
  if (seen_ != fingerprint_) pass_due_.at_once();
  if (seen_ == fingerprint_) context_.observer.unchanged(properties_.name);
  co_return Outcome{};
}

Answer<void> DatabaseTasks::catalog(pg::Connection& connection) {
  // What the server remembers of the counters' session comes on top of what the pass needs.
  if (auto renewed = co_await connection.renew(); !renewed) co_return renewed.error();
  auto snapshot = co_await collectors::collect_snapshot(connection, properties_);
  if (!snapshot) co_return snapshot.error();
  if (context_.settings.collect.samples) {
    const auto added = co_await collectors::add_compared_values(connection, *snapshot);
    if (!added) co_return added.error();
  }
  if (const auto done = context_.history.record_definitions(*snapshot); !done) co_return done.error();
  snapshot_ = std::make_shared<const model::DatabaseSnapshot>(std::move(*snapshot));
  fingerprint_ = seen_;
  passed_ = true;
  context_.observer.looked(*snapshot_);
  co_return Outcome{};
}

model::Result<std::optional<DatabaseInput>> DatabaseTasks::input(model::Timestamp from) const {
  const bool ready = snapshot_ && dsn_ && twin_allowed_.now(context_.clock.monotonic());
  if (!ready) return std::optional<DatabaseInput>();
  auto activity = context_.history.activity(properties_.name, from);
  if (!activity) return activity.error();
  auto configured = context_.members.configured();
  configured.insert(configured.begin(), {dsn_->server(), {}});
  auto usage = context_.history.usage(properties_.name, configured);
  if (!usage) return usage.error();
  auto memory = context_.history.memory(properties_.name);
  if (!memory) return memory.error();
  return std::optional(DatabaseInput{*dsn_, snapshot_, std::move(*activity), std::move(*usage),
                                     std::move(*memory), usage_policy()});
}

model::Seconds DatabaseTasks::relations_interval() const {
  return std::max(model::Seconds(context_.settings.collect.relations_interval),
                  context_.runner.least_wait({"relations", properties_.name}));
}

/// A member that missed three polls is away.
index_health::UsagePolicy DatabaseTasks::usage_policy() const {
  index_health::UsagePolicy policy;
  policy.window = context_.settings.advise.unused_window;
  policy.away_after = 3 * std::max(relations_interval(), context_.members.longest_interval());
  return policy;
}

void DatabaseTasks::twin_made(model::Seconds cost, bool good) {
  const TaskId id{"advise", properties_.name};
  // Without the first one there is no advice at all.
  if (good && !std::exchange(has_twin_, true)) return context_.runner.charge_once(id, cost);
  const auto least = context_.runner.charge(id, context_.settings.collect.catalog_interval, cost);
  if (!good) twin_allowed_.after(context_.clock.monotonic(), least);
  put_off_pass(std::max(least, context_.runner.least_wait({"catalog", properties_.name})));
}

}  // namespace pgadvisor::daemon
