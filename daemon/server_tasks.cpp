#include "daemon/server_tasks.hpp"

#include "collectors/database_collector.hpp"
#include "collectors/identity_collector.hpp"
#include "collectors/maintenance_collector.hpp"
#include "collectors/samples_collector.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pgadvisor::daemon {

using Outcome = model::Result<void>;

ServerTasks::ServerTasks(const config::Settings& settings, history::History& history, StatusBoard& board,
                         const model::Clock& clock, TaskRunner& runner, HotspotWatch& hotspots, Events events)
    : settings_(settings),
      history_(history),
      board_(board),
      clock_(clock),
      runner_(runner),
      hotspots_(hotspots),
      events_(std::move(events)) {}

void ServerTasks::connected() {
  identity_due_.at_once();
  databases_due_.at_once();
  extension_.reset();
}

Answer<void> ServerTasks::run_due(MeteredConnection& connection) {
  const auto& collect = settings_.collect;
  using Task = Answer<void> (ServerTasks::*)(pg::Connection&);
  struct Entry {
    const char* name;
    Due& due;
    std::chrono::seconds interval;
    Task task;
  };
  // Switched off, it only sees to it now and then that nothing is kept.
  const auto samples_interval = collect.samples ? collect.samples_interval : collect.catalog_interval;
  const std::array<Entry, 6> entries{
      {{"identity", identity_due_, collect.relations_interval, &ServerTasks::identity},
       {"databases", databases_due_, collect.relations_interval, &ServerTasks::databases},
       {"statements", statements_due_, collect.statements_interval, &ServerTasks::statements},
       {"texts", texts_due_, collect.texts_interval, &ServerTasks::texts},
       {"samples", samples_due_, samples_interval, &ServerTasks::samples},
       {"maintenance", maintenance_due_, collect.samples_interval, &ServerTasks::maintenance}}};
  for (const auto& entry : entries) {
    const auto work = [this, &connection, &entry] { return (this->*entry.task)(connection.get()); };
    TaskId id{entry.name, {}};
    auto done = co_await runner_.when_due(std::move(id), entry.due, entry.interval, connection, work);
    if (!done) co_return done.error();
  }
  // The interval limits costly reads of the text file; looking whether one is needed asks only the history.
  if (std::exchange(texts_idle_, false)) texts_due_.after(clock_.monotonic(), collect.statements_interval);
  co_return Outcome{};
}

Answer<void> ServerTasks::identity(pg::Connection& connection) {
  const auto identity = co_await collectors::collect_identity(connection);
  if (!identity) co_return identity.error();
  board_.update([&](Status& status) { status.server = *identity; });
  co_return history_.record_identity(*identity);
}

Answer<void> ServerTasks::databases(pg::Connection& connection) {
  collectors::DatabaseFilter filter{settings_.target.include_databases, settings_.target.exclude_databases};
  const auto found = co_await collectors::collect_databases(connection, filter);
  if (!found) co_return found.error();
  events_.databases_found(*found);
  std::vector<std::string> names;
  for (const auto& properties : *found) names.push_back(properties.name);
  board_.set_databases(std::move(names));
  if (const auto done = history_.record_databases(*found); !done) co_return done.error();
  if (found->empty()) {
    co_return model::give_up(
        "there is no database to watch",
        "set target.include_databases and target.exclude_databases to leave at least one");
  }
  co_return Outcome{};
}

Answer<void> ServerTasks::statements(pg::Connection& connection) {
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
  const auto window = history_.record_statements(*poll);
  if (!window) co_return window.error();
  hotspots_.saw(*window);
  statements_polled_ = true;
  board_.update([&](Status& status) { status.evictions = poll->evictions.value_or(0); });
  co_return Outcome{};
}

Answer<void> ServerTasks::texts(pg::Connection& connection) {
  if (!extension_) co_return Outcome{};
  const auto keys = history_.keys_without_text();
  if (!keys) co_return keys.error();
  texts_idle_ = keys->empty();
  if (texts_idle_) co_return Outcome{};
  const auto found = co_await collectors::collect_statement_texts(connection, *extension_, *keys);
  if (!found) co_return found.error();
  co_return history_.record_texts(*found);
}

Answer<void> ServerTasks::samples(pg::Connection& connection) {
  if (!settings_.collect.samples) co_return history_.forget_samples();
  auto poll = co_await collectors::collect_samples(connection, samples_taken_);
  if (!poll) co_return poll.error();
  samples_taken_ = poll->taken_at;
  std::erase_if(poll->texts, [&](const auto& sample) { return !events_.watches(sample.database); });
  co_return history_.record_samples(*poll);
}

Answer<void> ServerTasks::maintenance(pg::Connection& connection) {
  const auto poll = co_await collectors::collect_maintenance(connection, maintenance_taken_);
  if (!poll) co_return poll.error();
  maintenance_taken_ = poll->taken_at;
  hotspots_.saw(*poll);
  co_return Outcome{};
}

Due::Time ServerTasks::next_due() const {
  return std::min({identity_due_.next(), databases_due_.next(), statements_due_.next(), texts_due_.next(),
                   samples_due_.next(), maintenance_due_.next()});
}

}  // namespace pgadvisor::daemon
