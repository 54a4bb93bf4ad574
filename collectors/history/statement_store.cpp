#include "collectors/history/statement_store.hpp"

#include "collectors/history/schema.hpp"
#include "collectors/history/statement_rows.hpp"
#include "collectors/sql/maintenance.hpp"
#include "collectors/sql/statement_text.hpp"

#include <fmt/format.h>

#include <set>

namespace pgadvisor::history {

void StatementStore::load() {
  last_.clear();
  known_.clear();
  Statement rows = database_.prepare(fmt::format(
      "SELECT s.database_oid, s.user_oid, s.query_id, s.toplevel, s.id, s.text_state, l.stats_since, {} "
      "FROM statement_last l JOIN statement s ON s.id = l.statement",
      kCounters));
  while (rows.step()) {
    const auto key = read_key(rows, 0);
    known_[key] = {rows.integer(4), static_cast<TextState>(rows.integer(5))};
    last_[key] = {read_counters(rows, 7), optional_time(rows, 6)};
  }
}

void StatementStore::forget() {
  database_.execute("DELETE FROM statement_last");
}

StatementStore::Known StatementStore::find_or_add(const model::StatementKey& key, std::int64_t server) {
  Statement found = database_.prepare(
      "SELECT id, text_state FROM statement "
      "WHERE query_id = ? AND database_oid = ? AND user_oid = ? AND toplevel = ? AND server = ?");
  const auto bind = [&](Statement& row) {
    row.bind(1, static_cast<std::int64_t>(key.query_id))
        .bind(2, number(key.database))
        .bind(3, number(key.user))
        .bind(4, std::int64_t{key.toplevel})
        .bind(5, server);
  };
  bind(found);
  if (found.step()) return {found.integer(0), static_cast<TextState>(found.integer(1))};
  Statement added = database_.prepare(
      "INSERT INTO statement (query_id, database_oid, user_oid, toplevel, server, text_state) "
      "VALUES (?, ?, ?, ?, ?, 0)");
  bind(added);
  added.run();
  return {database_.last_id(), TextState::kUnknown};
}

StatementStore::KnownStatements StatementStore::identify(const model::StatementPoll& poll) {
  const std::int64_t server = servers_.current_server();
  KnownStatements known;
  for (const auto& sample : poll.statements) {
    const auto before = known_.find(sample.key);
    known[sample.key] = before != known_.end() ? before->second : find_or_add(sample.key, server);
  }
  return known;
}

model::StatementWindow StatementStore::record(const model::StatementPoll& poll) {
  Transaction transaction(database_);
  const auto last_source = servers_.source(kAllStatements);
  const bool baseline = !last_source || last_source->fresh;
  const KnownStatements known = identify(poll);
  StatementChanges changes;
  if (baseline) {
    store_baseline(poll, known);
  } else {
    changes = compare(last_, {last_source->stats_reset, last_source->evictions}, poll);
    store_deltas(changes.deltas, known, servers_.slice(poll.taken_at));
    if (changes.evicted) store_evictions(changes.gone, servers_.slice(poll.taken_at));
  }
  store_last(poll, known);
  store_events(last_source, changes, poll, baseline);
  Source source;
  source.first_poll = last_source ? last_source->first_poll : poll.taken_at;
  source.last_poll = poll.taken_at;
  source.stats_reset = poll.stats_reset;
  source.evictions = poll.evictions;
  servers_.store_source(kAllStatements, source);
  transaction.commit();

  last_.clear();
  for (const auto& sample : poll.statements) last_[sample.key] = {sample.counters, sample.stats_since};
  known_ = known;
  model::StatementWindow window{{baseline ? poll.taken_at : last_source->last_poll, poll.taken_at}, {}};
  for (const auto& delta : changes.deltas) window.statements.push_back({delta.key, delta.counters});
  return window;
}

void StatementStore::store_baseline(const model::StatementPoll& poll, const KnownStatements& known) {
  Statement row =
      database_.prepare(fmt::format("INSERT OR REPLACE INTO statement_baseline (statement, at, since, {}) "
                                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                    kCounters));
  for (const auto& sample : poll.statements) {
    row.bind(1, known.at(sample.key).id)
        .bind(2, to_microseconds(poll.taken_at))
        .bind(3, to_microseconds(sample.stats_since ? sample.stats_since : poll.stats_reset));
    bind_counters(row, 4, sample.counters);
    row.run();
  }
}

void StatementStore::store_deltas(const std::vector<StatementDelta>& deltas, const KnownStatements& known,
                                  std::int64_t slice) {
  Statement row = database_.prepare(fmt::format(
      "INSERT INTO statement_delta (slice, statement, {}, partial) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (slice, statement) DO UPDATE SET calls = calls + excluded.calls, "
      "total_time = total_time + excluded.total_time, rows = rows + excluded.rows, hit = hit + excluded.hit, "
      "read = read + excluded.read, dirtied = dirtied + excluded.dirtied, temp = temp + excluded.temp, "
      "wal = wal + excluded.wal, partial = max(partial, excluded.partial)",
      kCounters));
  for (const auto& delta : deltas) {
    row.bind(1, slice).bind(2, known.at(delta.key).id).bind(11, std::int64_t{delta.partial});
    bind_counters(row, 3, delta.counters);
    row.run();
  }
}

void StatementStore::store_last(const model::StatementPoll& poll, const KnownStatements& known) {
  Statement row =
      database_.prepare(fmt::format("INSERT OR REPLACE INTO statement_last (statement, stats_since, {}) "
                                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                    kCounters));
  std::set<model::StatementKey> present;
  for (const auto& sample : poll.statements) {
    present.insert(sample.key);
    const auto before = last_.find(sample.key);
    const bool same = before != last_.end() && before->second.counters == sample.counters &&
                      before->second.stats_since == sample.stats_since;
    if (same) continue;
    row.bind(1, known.at(sample.key).id).bind(2, to_microseconds(sample.stats_since));
    bind_counters(row, 3, sample.counters);
    row.run();
  }
  Statement gone = database_.prepare("DELETE FROM statement_last WHERE statement = ?");
  for (const auto& [key, entry] : known_) {
    if (!present.contains(key)) gone.bind(1, entry.id).run();
  }
}

void StatementStore::store_evictions(const std::vector<model::StatementKey>& gone, std::int64_t slice) {
  Statement row = database_.prepare(
      "INSERT INTO eviction (slice, server, database_oid, statements) VALUES (?, ?, ?, 1) "
      "ON CONFLICT (slice, server, database_oid) DO UPDATE SET statements = statements + 1");
  const std::int64_t server = servers_.current_server();
  for (const auto& key : gone) row.bind(1, slice).bind(2, server).bind(3, number(key.database)).run();
}

void StatementStore::store_events(const std::optional<Source>& last, const StatementChanges& changes,
                                  const model::StatementPoll& poll, bool baseline) {
  const auto event = [&](const char* kind, const std::string& detail) {
    servers_.record_event(poll.taken_at, kind, "", detail);
  };
  if (baseline) event("baseline", fmt::format("{} statements", poll.statements.size()));
  if (changes.reset) event("statements_reset", "pg_stat_statements was reset");
  if (changes.evicted) {
    event("evicted", fmt::format("{} of {} known statements", changes.gone.size(), last_.size()));
  }
  const bool gap = last && poll.taken_at - last->last_poll > std::chrono::hours(1);
  if (gap) {
    const auto minutes = std::chrono::floor<std::chrono::minutes>(poll.taken_at - last->last_poll).count();
    event("gap", fmt::format("no poll of statements for {} minutes", minutes));
  }
}

std::vector<model::StatementKey> StatementStore::keys_without_text() const {
  std::vector<model::StatementKey> keys;
  for (const auto& [key, entry] : known_) {
    if (entry.text == TextState::kUnknown) keys.push_back(key);
  }
  return keys;
}

void StatementStore::record_texts(const std::vector<model::StatementText>& texts) {
  Transaction transaction(database_);
  Statement row = database_.prepare("UPDATE statement SET text_state = ?, text = ? WHERE id = ?");
  KnownStatements changed;
  for (const auto& [key, text] : texts) {
    const auto entry = known_.find(key);
    if (entry == known_.end()) continue;
    const auto redacted = sql::redact(text);
    TextState state = !redacted           ? TextState::kUnreadable
                      : redacted->utility ? TextState::kUtility
                                          : TextState::kStored;
    if (sql::is_own(text)) state = TextState::kOwn;
    const std::string kept = state == TextState::kStored ? redacted->text : "";
    row.bind(1, static_cast<std::int64_t>(state))
        .bind(2, std::string_view(kept))
        .bind(3, entry->second.id)
        .run();
    if (state == TextState::kUtility || state == TextState::kUnreadable) {
      store_maintenance(entry->second.id, text);
    }
    changed[key] = {entry->second.id, state};
  }
  transaction.commit();
  for (const auto& [key, entry] : changed) known_[key] = entry;
}

void StatementStore::store_maintenance(std::int64_t statement, const std::string& text) {
  database_.prepare("DELETE FROM maintenance WHERE statement = ?").bind(1, statement).run();
  Statement row = database_.prepare(
      "INSERT INTO maintenance (statement, kind, schema, name, is_index) VALUES (?, ?, ?, ?, ?)");
  for (const auto& work : sql::maintenance_of(text)) {
    row.bind(1, statement)
        .bind(2, static_cast<std::int64_t>(work.kind))
        .bind(3, std::string_view(work.relation.schema))
        .bind(4, std::string_view(work.relation.name))
        .bind(5, std::int64_t{work.is_index})
        .run();
  }
}

std::vector<model::Maintenance> StatementStore::maintenance(std::int64_t statement) {
  std::vector<model::Maintenance> works;
  Statement row =
      database_.prepare("SELECT kind, schema, name, is_index FROM maintenance WHERE statement = ?");
  row.bind(1, statement);
  while (row.step()) {
    works.push_back({static_cast<model::MaintenanceKind>(row.integer(0)),
                     {row.text(1), row.text(2)},
                     row.integer(3) != 0,
                     {}});
  }
  return works;
}

std::vector<model::StatementDescription> StatementStore::describe(
    const std::vector<model::StatementKey>& keys) {
  std::vector<model::StatementDescription> descriptions;
  Statement row = database_.prepare("SELECT text FROM statement WHERE id = ?");
  for (const auto& key : keys) {
    const auto known = known_.find(key);
    if (known == known_.end() || known->second.text == TextState::kOwn) continue;
    row.bind(1, known->second.id);
    model::StatementDescription description{key, row.step() ? row.text(0) : "", {}};
    row.run();
    if (known->second.text != TextState::kStored) description.maintenance = maintenance(known->second.id);
    descriptions.push_back(std::move(description));
  }
  return descriptions;
}

}  // namespace pgadvisor::history
