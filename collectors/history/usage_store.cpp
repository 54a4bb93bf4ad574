#include "collectors/history/usage_store.hpp"

#include "collectors/history/statement_rows.hpp"

#include <functional>
#include <set>

namespace pgadvisor::history {

using model::SpanStart;

namespace {

std::size_t hash_of(const model::ObjectName& name) {
  return std::hash<model::ObjectName>{}(name);
}

std::int64_t activity(const model::TableCounters& counters) {
  return counters.seq_scan + counters.idx_scan + counters.inserted + counters.updated + counters.deleted;
}

/// What was counted since the last poll; `lost`: counting began anew meanwhile.
std::int64_t difference(std::int64_t last, std::int64_t now, bool lost) {
  return lost || now < last ? now : now - last;
}

}  // namespace

/// The server that started at the same moment is the same one, whatever name it was reached by: so a replica
/// that was promoted goes on, and two names of one server are one member. Otherwise the name decides.
std::int64_t UsageStore::identify(const std::string& name, const std::string& system_identifier,
                                  model::Timestamp postmaster_start) {
  const auto start = to_microseconds(postmaster_start);
  Statement same =
      database_.prepare("SELECT id FROM member WHERE postmaster_start = ? AND system_identifier = ?");
  same.bind(1, start).bind(2, std::string_view(system_identifier));
  std::int64_t id = same.step() ? same.integer(0) : 0;
  if (id == 0) {
    Statement named = database_.prepare("SELECT member FROM member_name WHERE name = ?");
    named.bind(1, std::string_view(name));
    id = named.step() ? named.integer(0) : 0;
  }
  if (id == 0) {
    database_.prepare("INSERT INTO member (name, system_identifier, postmaster_start) VALUES (?, '', 0)")
        .bind(1, std::string_view(name))
        .run();
    id = database_.last_id();
  }
  database_.prepare("UPDATE member SET postmaster_start = ?, system_identifier = ? WHERE id = ?")
      .bind(1, start)
      .bind(2, std::string_view(system_identifier))
      .bind(3, id)
      .run();
  database_.prepare("INSERT OR REPLACE INTO member_name (name, member) VALUES (?, ?)")
      .bind(1, std::string_view(name))
      .bind(2, id)
      .run();
  return id;
}

UsageStore::Source UsageStore::source(std::int64_t member, std::int64_t database) {
  Statement found = database_.prepare(
      "SELECT id, polled, counters_since, stats_reset, postmaster_start FROM member_source "
      "WHERE member = ? AND database = ?");
  found.bind(1, member).bind(2, database);
  if (found.step()) {
    return {found.integer(0), CounterLife{from_microseconds(found.integer(1)), optional_time(found, 2),
                                          optional_time(found, 3), from_microseconds(found.integer(4))}};
  }
  database_
      .prepare("INSERT INTO member_source (member, database, polled, postmaster_start) VALUES (?, ?, 0, 0)")
      .bind(1, member)
      .bind(2, database)
      .run();
  return {database_.last_id(), std::nullopt};
}

void UsageStore::store_source(std::int64_t source, const CounterLife& life) {
  database_
      .prepare(
          "UPDATE member_source SET polled = ?, counters_since = ?, stats_reset = ?, postmaster_start = ? "
          "WHERE id = ?")
      .bind(1, to_microseconds(life.at))
      .bind(2, to_microseconds(life.counters_since))
      .bind(3, to_microseconds(life.stats_reset))
      .bind(4, to_microseconds(life.postmaster_start))
      .bind(5, source)
      .run();
}

void UsageStore::store_span(const Poll& poll) {
  const auto at = to_microseconds(poll.at);
  if (poll.broken) {
    database_.prepare("INSERT OR REPLACE INTO member_span (source, first, last, start) VALUES (?, ?, ?, ?)")
        .bind(1, poll.source)
        .bind(2, at)
        .bind(3, at)
        .bind(4, static_cast<std::int64_t>(*poll.broken))
        .run();
    return;
  }
  database_
      .prepare(
          "UPDATE member_span SET last = ?1 WHERE source = ?2 "
          "AND first = (SELECT max(first) FROM member_span WHERE source = ?2)")
      .bind(1, at)
      .bind(2, poll.source)
      .run();
}

UsageStore::Entries& UsageStore::last_poll(std::int64_t source) {
  const auto [entries, added] = last_.try_emplace(source);
  if (!added) return entries->second;
  Statement rows = database_.prepare(
      "SELECT oid, id, schema, name, counter FROM relation_usage WHERE source = ? AND gone IS NULL");
  rows.bind(1, source);
  while (rows.step()) {
    entries->second[static_cast<model::Oid>(rows.integer(0))] = {
        rows.integer(1), hash_of({rows.text(2), rows.text(3)}), rows.integer(4)};
  }
  return entries->second;
}

std::vector<UsageStore::Relation> UsageStore::relations_of(const model::RelationPoll& poll) {
  std::vector<Relation> relations;
  relations.reserve(poll.tables.size() + poll.indexes.size());
  for (const auto& table : poll.tables)
    relations.push_back({false, &table.table, table.oid, activity(table.counters)});
  for (const auto& index : poll.indexes)
    relations.push_back({true, &index.index, index.oid, index.counters.scans});
  return relations;
}

void UsageStore::record(const std::string& member, const std::string& system_identifier,
                        const std::string& database, const model::RelationPoll& poll, model::Timestamp at) {
  Transaction transaction(database_);
  const auto from =
      source(identify(member, system_identifier, poll.postmaster_start), servers_.database_id(database));
  const CounterLife life{at, poll.counters_since, poll.stats_reset, poll.postmaster_start};
  Poll now{from.id, at, from.last ? from.last->at : at, broken_by(from.last, life, longest_gap_)};
  store_span(now);
  store_source(from.id, life);
  auto entries = store_relations(last_poll(from.id), relations_of(poll), now);
  transaction.commit();
  last_[from.id] = std::move(entries);
}

UsageStore::Entries UsageStore::store_relations(const Entries& last, const std::vector<Relation>& now,
                                                const Poll& poll) {
  Statement update = database_.prepare(
      "UPDATE relation_usage SET counter = ?, uses = uses + ?, last_used = coalesce(?, last_used) WHERE id = "
      "?");
  Entries entries;
  entries.reserve(now.size());
  std::set<std::int64_t> present;
  for (const auto& relation : now) {
    const auto known = last.find(relation.oid);
    if (known == last.end() || known->second.name != hash_of(*relation.name)) {
      entries[relation.oid] = add_relation(relation, poll);
      continue;
    }
    Entry& entry = entries[relation.oid] = known->second;
    present.insert(entry.row);
    if (relation.counter == entry.counter && poll.broken != SpanStart::kLost) continue;
    const auto uses = difference(entry.counter, relation.counter, poll.broken == SpanStart::kLost);
    entry.counter = relation.counter;
    update.bind(1, entry.counter).bind(2, uses).bind(4, entry.row);
    update.bind(3, uses > 0 ? std::optional(to_microseconds(poll.at)) : std::nullopt).run();
  }
  Statement gone = database_.prepare("UPDATE relation_usage SET gone = ? WHERE id = ?");
  for (const auto& [oid, entry] : last) {
    if (!present.contains(entry.row)) gone.bind(1, to_microseconds(poll.last_at)).bind(2, entry.row).run();
  }
  return entries;
}

/// A name or an OID that the last poll did not have. What had the name before it is what it may go on from,
/// where polls connect since: while an index is away nobody scans it.
UsageStore::Entry UsageStore::add_relation(const Relation& relation, const Poll& poll) {
  std::optional<std::int64_t> follows;
  std::int64_t uses = relation.counter;
  if (poll.broken != SpanStart::kFirst) {
    // REINDEX CONCURRENTLY keeps the counters; those of an index made anew start at zero.
    Statement before = database_.prepare(
        "SELECT id, counter FROM relation_usage WHERE source = ?1 AND is_index = ?2 AND schema = ?3 AND name "
        "= ?4 "
        "AND coalesce(gone >= (SELECT max(first) FROM member_span WHERE source = ?1), true) "
        "ORDER BY id DESC LIMIT 1");
    before.bind(1, poll.source).bind(2, std::int64_t{relation.is_index});
    before.bind(3, std::string_view(relation.name->schema)).bind(4, std::string_view(relation.name->name));
    if (before.step()) {
      uses = difference(before.integer(1), relation.counter, poll.broken == SpanStart::kLost);
      if (!poll.broken) follows = before.integer(0);
    }
  } else {
    uses = 0;  // before our own samples
  }
  Statement row = database_.prepare(
      "INSERT INTO relation_usage (source, is_index, schema, name, oid, counter, first_seen, last_used, "
      "uses, follows) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  row.bind(1, poll.source).bind(2, std::int64_t{relation.is_index});
  row.bind(3, std::string_view(relation.name->schema)).bind(4, std::string_view(relation.name->name));
  row.bind(5, number(relation.oid)).bind(6, relation.counter).bind(7, to_microseconds(poll.at));
  row.bind(8, uses > 0 ? std::optional(to_microseconds(poll.at)) : std::nullopt);
  row.bind(9, uses).bind(10, follows).run();
  return {database_.last_id(), hash_of(*relation.name), relation.counter};
}

}  // namespace pgadvisor::history
