#include "collectors/history/relation_store.hpp"

#include "collectors/history/delta.hpp"
#include "collectors/history/relation_rows.hpp"
#include "collectors/history/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace pgadvisor::history {

RelationStore::Entries RelationStore::entries_of(const model::RelationPoll& poll) {
  Entries entries;
  for (const auto& sample : poll.tables) {
    entries[{false, sample.table, {}}] = {0, sample.oid, to_row(sample.counters)};
  }
  for (const auto& sample : poll.indexes) {
    entries[{true, sample.index, sample.table}] = {0, sample.oid, to_row(sample.counters)};
  }
  return entries;
}

RelationStore::Counters RelationStore::delta(const Name& name, const Entry& last, const Entry& now,
                                             bool lost) {
  if (name.is_index) {
    const model::IndexSample sample{name.object, name.table, now.oid, to_index(now.counters)};
    return to_row(difference(to_index(last.counters), sample, lost));
  }
  const model::TableSample sample{name.object, now.oid, to_table(now.counters)};
  return to_row(difference(to_table(last.counters), last.oid, sample, lost));
}

RelationStore::Entries& RelationStore::last_poll(std::int64_t database) {
  const auto [entries, added] = last_.try_emplace(database);
  if (!added) return entries->second;
  Statement rows = database_.prepare(
      fmt::format("SELECT r.is_index, r.schema, r.name, r.table_schema, r.table_name, r.id, l.oid, {} "
                  "FROM relation_last l JOIN relation r ON r.id = l.relation WHERE r.database = ?",
                  kRelationCounters));
  rows.bind(1, database);
  while (rows.step()) {
    const Name name{rows.integer(0) != 0, {rows.text(1), rows.text(2)}, {rows.text(3), rows.text(4)}};
    entries->second[name] = {rows.integer(5), static_cast<model::Oid>(rows.integer(6)),
                             read_relation_counters(rows, 7)};
  }
  return entries->second;
}

void RelationStore::identify(std::int64_t database, const Entries& last, Entries& now) {
  const auto bind = [&](Statement& row, const Name& name) {
    row.bind(1, database)
        .bind(2, std::int64_t{name.is_index})
        .bind(3, std::string_view(name.object.schema))
        .bind(4, std::string_view(name.object.name))
        .bind(5, std::string_view(name.table.schema))
        .bind(6, std::string_view(name.table.name));
  };
  for (auto& [name, entry] : now) {
    const auto before = last.find(name);
    if (before != last.end()) {
      entry.id = before->second.id;
      continue;
    }
    Statement added = database_.prepare(
        "INSERT INTO relation (database, is_index, schema, name, table_schema, table_name) VALUES (?, ?, ?, "
        "?, ?, ?) "
        "ON CONFLICT DO NOTHING");
    bind(added, name);
    added.run();
    Statement found = database_.prepare(
        "SELECT id FROM relation WHERE database = ? AND is_index = ? AND schema = ? AND name = ? "
        "AND table_schema = ? AND table_name = ?");
    bind(found, name);
    if (found.step()) entry.id = found.integer(0);
  }
}

model::RelationWindow RelationStore::record(const std::string& database, const model::RelationPoll& poll) {
  Transaction transaction(database_);
  const std::int64_t id = servers_.database_id(database);
  const auto last_source = servers_.source(id);
  const bool baseline = !last_source || last_source->fresh;
  const Entries& last = last_poll(id);
  Entries now = entries_of(poll);
  identify(id, last, now);
  model::RelationWindow happened;
  if (baseline) {
    store_baseline(now, poll);
  } else {
    const bool lost = lost_by_crash(last_source->stats_reset, last_source->postmaster_start, poll);
    const Deltas changes = deltas(last, now, lost);
    store_deltas(changes, now, servers_.slice(poll.taken_at));
    store_active_time(id, *last_source, poll);
    happened = window(last, now, changes, poll);
  }
  happened.window = {baseline ? poll.taken_at : last_source->last_poll, poll.taken_at};
  store_last(last, now);
  store_events(database, last_source, poll);
  Source source;
  source.first_poll = last_source ? last_source->first_poll : poll.taken_at;
  source.last_poll = poll.taken_at;
  source.stats_reset = poll.stats_reset;
  source.postmaster_start = poll.postmaster_start;
  if (poll.active_time) source.active_time = poll.active_time->count();
  servers_.store_source(id, source);
  transaction.commit();
  last_[id] = std::move(now);
  return happened;
}

void RelationStore::store_baseline(const Entries& now, const model::RelationPoll& poll) {
  Statement row =
      database_.prepare(fmt::format("INSERT OR REPLACE INTO relation_baseline (relation, at, since, {}) "
                                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                    kRelationCounters));
  for (const auto& [name, entry] : now) {
    row.bind(1, entry.id).bind(2, to_microseconds(poll.taken_at)).bind(3, to_microseconds(poll.stats_reset));
    bind_counters(row, 4, entry.counters);
    row.run();
  }
}

RelationStore::Deltas RelationStore::deltas(const Entries& last, const Entries& now, bool lost) {
  Deltas deltas;
  for (const auto& [name, entry] : now) {
    const auto before = last.find(name);
    const Counters counters =
        before == last.end() ? entry.counters : delta(name, before->second, entry, lost);
    if (counters != Counters{}) deltas.emplace_hint(deltas.end(), name, counters);
  }
  return deltas;
}

void RelationStore::store_deltas(const Deltas& deltas, const Entries& now, std::int64_t slice) {
  Statement row = database_.prepare(fmt::format(
      "INSERT INTO relation_delta (slice, relation, {}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (slice, relation) DO UPDATE SET c1 = c1 + excluded.c1, c2 = c2 + excluded.c2, "
      "c3 = c3 + excluded.c3, c4 = c4 + excluded.c4, c5 = c5 + excluded.c5, c6 = c6 + excluded.c6, "
      "c7 = c7 + excluded.c7, c8 = c8 + excluded.c8",
      kRelationCounters));
  for (const auto& [name, counters] : deltas) {
    row.bind(1, slice).bind(2, now.at(name).id);
    bind_counters(row, 3, counters);
    row.run();
  }
}

model::RelationWindow RelationStore::window(const Entries& last, const Entries& now, const Deltas& deltas,
                                            const model::RelationPoll& poll) {
  std::set<model::ObjectName> built;
  for (const auto& [name, entry] : now) {
    if (!name.is_index) continue;
    const auto before = last.find(name);
    if (before == last.end() || before->second.oid != entry.oid) built.insert(name.table);
  }
  model::RelationWindow window;
  for (const auto& sample : poll.tables) {
    const auto changed = deltas.find({false, sample.table, {}});
    if (changed == deltas.end()) continue;
    window.tables.push_back({sample.table, sample.oid, to_table(changed->second), sample.relpages,
                             sample.reltuples, built.contains(sample.table)});
  }
  return window;
}

void RelationStore::store_last(const Entries& last, const Entries& now) {
  Statement row = database_.prepare(fmt::format(
      "INSERT OR REPLACE INTO relation_last (relation, oid, {}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      kRelationCounters));
  for (const auto& [name, entry] : now) {
    const auto before = last.find(name);
    const bool same =
        before != last.end() && before->second.counters == entry.counters && before->second.oid == entry.oid;
    if (same) continue;
    row.bind(1, entry.id).bind(2, std::int64_t{static_cast<std::uint32_t>(entry.oid)});
    bind_counters(row, 3, entry.counters);
    row.run();
  }
  Statement gone = database_.prepare("DELETE FROM relation_last WHERE relation = ?");
  for (const auto& [name, entry] : last) {
    if (!now.contains(name)) gone.bind(1, entry.id).run();
  }
}

void RelationStore::store_active_time(std::int64_t database, const Source& last,
                                      const model::RelationPoll& poll) {
  if (!poll.active_time || !last.active_time) return;
  const double now = poll.active_time->count();
  Statement row = database_.prepare(
      "INSERT INTO active_time (slice, database, milliseconds) VALUES (?, ?, ?) "
      "ON CONFLICT (slice, database) DO UPDATE SET milliseconds = milliseconds + excluded.milliseconds");
  row.bind(1, servers_.slice(poll.taken_at)).bind(2, database);
  row.bind(3, now < *last.active_time ? now : now - *last.active_time).run();
}

void RelationStore::store_events(const std::string& database, const std::optional<Source>& last,
                                 const model::RelationPoll& poll) {
  if (!last || last->fresh) {
    servers_.record_event(poll.taken_at, "baseline", database,
                          fmt::format("{} tables, {} indexes", poll.tables.size(), poll.indexes.size()));
    return;
  }
  if (lost_by_crash(last->stats_reset, last->postmaster_start, poll)) {
    servers_.record_event(poll.postmaster_start, "counters_reset", database, "lost by a crash of the server");
  } else if (poll.stats_reset && poll.stats_reset != last->stats_reset) {
    servers_.record_event(*poll.stats_reset, "counters_reset", database,
                          "all counters, or those of single relations");
  }
}

/// By relation. Baselines count as in StatementStore.
std::map<std::int64_t, RelationStore::Counters> RelationStore::totals(
    std::int64_t database, model::Timestamp from, std::int64_t slice,
    std::optional<model::Timestamp>& baselines_since) {
  std::map<std::int64_t, Counters> sums;
  Statement deltas =
      database_.prepare(fmt::format("SELECT relation, {} FROM relation_delta WHERE slice >= ?1 "
                                    "AND relation IN (SELECT id FROM relation WHERE database = ?2)",
                                    kRelationCounters));
  deltas.bind(1, slice).bind(2, database);
  while (deltas.step()) add(sums[deltas.integer(0)], read_relation_counters(deltas, 1));
  Statement baselines = database_.prepare(
      fmt::format("SELECT relation, since, {} FROM relation_baseline WHERE (?1 OR since >= ?2) "
                  "AND relation IN (SELECT id FROM relation WHERE database = ?3)",
                  kRelationCounters));
  baselines.bind(1, std::int64_t{sums.empty()}).bind(2, to_microseconds(from)).bind(3, database);
  while (baselines.step()) {
    const auto since = optional_time(baselines, 1).value_or(model::Timestamp{});
    baselines_since = std::min(baselines_since.value_or(since), since);
    add(sums[baselines.integer(0)], read_relation_counters(baselines, 2));
  }
  return sums;
}

void RelationStore::add_activity(const std::string& database, model::Timestamp from, std::int64_t slice,
                                 model::DatabaseActivity& activity) {
  Statement found = database_.prepare("SELECT id FROM database WHERE name = ?");
  found.bind(1, std::string_view(database));
  if (!found.step()) return;
  const std::int64_t id = found.integer(0);
  const auto source = servers_.source(id);
  if (!source) return;
  std::optional<model::Timestamp> since;
  const auto sums = totals(id, from, slice, since);
  if (activity.window.to == model::Timestamp{}) {
    const auto first_known = std::max(source->first_poll, model::Timestamp(std::chrono::seconds(slice)));
    activity.window = {std::min(since.value_or(first_known), first_known), source->last_poll};
  }
  Statement rows = database_.prepare(
      "SELECT id, is_index, schema, name, table_schema, table_name FROM relation WHERE database = ?");
  rows.bind(1, id);
  while (rows.step()) {
    const auto sum = sums.find(rows.integer(0));
    if (sum == sums.end()) continue;
    const model::ObjectName name{rows.text(2), rows.text(3)};
    if (rows.integer(1) == 0) {
      activity.tables.push_back({name, to_table(sum->second)});
    } else {
      activity.indexes.push_back({name, {rows.text(4), rows.text(5)}, to_index(sum->second)});
    }
  }
}

}  // namespace pgadvisor::history
