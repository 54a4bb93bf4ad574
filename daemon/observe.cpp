#include "daemon/observe.hpp"

#include "collectors/compared_values.hpp"
#include "collectors/database_collector.hpp"
#include "collectors/identity_collector.hpp"
#include "collectors/relations_collector.hpp"
#include "collectors/snapshot_collector.hpp"
#include "collectors/sql/statement_text.hpp"
#include "collectors/statements_collector.hpp"
#include "daemon/blocking.hpp"

#include <algorithm>
#include <map>

namespace pgadvisor::daemon {
namespace {

using boost::asio::awaitable;
using model::Result;

awaitable<Result<model::DatabaseProperties>> connected_database(pg::Connection& connection) {
  const auto rows = co_await connection.query("select current_database() /* pgadvisor */");
  if (!rows) co_return rows.error();
  const auto name = rows->string(0, 0);
  collectors::DatabaseFilter every;
  const auto databases = co_await collectors::collect_databases(connection, every);
  if (!databases) co_return databases.error();
  for (const auto& database : *databases) {
    if (database.name == name) co_return database;
  }
  co_return model::give_up("the connected database " + name + " is not listed in pg_database");
}

std::vector<model::StatementActivity> with_texts(const std::vector<model::StatementSample>& samples,
                                                 const std::vector<model::StatementText>& texts) {
  std::map<model::StatementKey, const std::string*> by_key;
  for (const auto& text : texts) by_key[text.key] = &text.text;
  std::vector<model::StatementActivity> activity;
  for (const auto& sample : samples) {
    const auto text = by_key.find(sample.key);
    const bool own = text != by_key.end() && sql::is_own(*text->second);
    if (own) continue;
    activity.push_back({sample.key, text == by_key.end() ? "" : *text->second, sample.counters, false});
  }
  return activity;
}

awaitable<Result<model::DatabaseActivity>> statement_activity(pg::Connection& connection,
                                                              model::Oid database) {
  const auto extension = co_await collectors::find_statements_extension(connection);
  if (!extension) co_return extension.error();
  auto poll = co_await collectors::collect_statements(connection, *extension);
  if (!poll) co_return poll.error();
  std::erase_if(poll->statements, [&](const auto& sample) { return sample.key.database != database; });
  std::vector<model::StatementKey> keys;
  for (const auto& sample : poll->statements) keys.push_back(sample.key);
  const auto texts = co_await collectors::collect_statement_texts(connection, *extension, keys);
  if (!texts) co_return texts.error();
  model::DatabaseActivity activity;
  activity.window = {poll->stats_reset.value_or(model::Timestamp{}), poll->taken_at};
  activity.statements = with_texts(poll->statements, *texts);
  activity.evictions = poll->evictions.value_or(0);
  co_return activity;
}

/// Counters since the last reset of the database's statistics stand in for those of the window.
awaitable<Result<void>> add_relations(pg::Connection& connection, Observation& observation) {
  auto poll = co_await collectors::collect_relations(connection);
  if (!poll) co_return poll.error();
  auto& activity = *observation.activity;
  for (const auto& sample : poll->tables) activity.tables.push_back({sample.table, sample.counters});
  for (const auto& sample : poll->indexes)
    activity.indexes.push_back({sample.index, sample.table, sample.counters});
  observation.poll = std::move(*poll);
  co_return Result<void>{};
}

awaitable<Result<void>> add_activity(pg::Connection& connection, model::Oid database,
                                     WithActivity with_activity, Observation& observation) {
  auto activity = co_await statement_activity(connection, database);
  const bool needed = with_activity == WithActivity::kYes;
  if (!activity && (needed || activity.error().next == model::NextStep::kReconnect))
    co_return activity.error();
  if (activity) {
    observation.activity = std::move(*activity);
  } else {
    observation.activity.emplace();
    observation.no_statements = activity.error();
  }
  co_return co_await add_relations(connection, observation);
}

awaitable<Result<Observation>> look(pg::Dsn dsn, pg::ConnectionOptions options, WithActivity with_activity) {
  auto connection = co_await pg::Connection::connect(dsn, options);
  if (!connection) co_return connection.error();
  Observation observation;
  observation.dsn = connection->effective_dsn();
  const auto database = co_await connected_database(*connection);
  if (!database) co_return database.error();
  if (with_activity != WithActivity::kNo) {
    const auto added = co_await add_activity(*connection, database->oid, with_activity, observation);
    if (!added) co_return added.error();
    if (const auto renewed = co_await connection->renew(); !renewed) co_return renewed.error();
  }
  auto snapshot = co_await collectors::collect_snapshot(*connection, *database);
  if (!snapshot) co_return snapshot.error();
  const auto added = co_await collectors::add_compared_values(*connection, *snapshot);
  if (!added) co_return added.error();
  observation.snapshot = std::move(*snapshot);
  co_return observation;
}

awaitable<Result<MemberObservation>> look_at_member(pg::Dsn dsn, pg::ConnectionOptions options) {
  auto connection = co_await pg::Connection::connect(dsn, options);
  if (!connection) co_return connection.error();
  const auto identity = co_await collectors::collect_identity(*connection);
  if (!identity) co_return identity.error();
  auto poll = co_await collectors::collect_relations(*connection);
  if (!poll) co_return poll.error();
  co_return MemberObservation{*identity, std::move(*poll)};
}

}  // namespace

Result<MemberObservation> observe_member(const pg::Dsn& dsn, pg::ConnectionOptions options) {
  return run_blocking(look_at_member(dsn, std::move(options)));
}

Result<Observation> observe(const pg::Dsn& dsn, pg::ConnectionOptions options, WithActivity with_activity) {
  return run_blocking(look(dsn, std::move(options), with_activity));
}

}  // namespace pgadvisor::daemon
