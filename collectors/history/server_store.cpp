#include "collectors/history/server_store.hpp"

#include <fmt/format.h>

namespace pgadvisor::history {

namespace {

/// Of the other part of the identity a failover tells: what is unreadable for this role says nothing.
bool is_failover(const model::ServerIdentity& identity, const std::string& last_identifier,
                 std::int64_t last_timeline) {
  const bool other_server = !identity.system_identifier.empty() && !last_identifier.empty() &&
                            identity.system_identifier != last_identifier;
  const bool other_timeline =
      identity.timeline != 0 && last_timeline != 0 && identity.timeline != last_timeline;
  return other_server || other_timeline;
}

}  // namespace

std::optional<std::int64_t> to_microseconds(const std::optional<model::Timestamp>& time) {
  if (!time) return std::nullopt;
  return to_microseconds(*time);
}

std::optional<model::Timestamp> optional_time(const Statement& row, int column) {
  const auto count = row.optional_integer(column);
  if (!count) return std::nullopt;
  return from_microseconds(*count);
}

std::int64_t slice_of(model::Timestamp time, std::int64_t length) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  return seconds / length * length;
}

bool ServerStore::record_identity(model::ServerIdentity identity, model::Timestamp now) {
  Statement last = database_.prepare(
      "SELECT system_identifier, timeline, in_recovery, version, postmaster_start FROM server WHERE current "
      "= 1");
  if (!last.step()) {
    store_identity(identity);
    return false;
  }
  const bool failover = is_failover(identity, last.text(0), last.integer(1));
  const bool restarted =
      last.integer(4) != 0 && last.integer(4) != to_microseconds(identity.postmaster_start);
  const std::string detail = fmt::format(
      "system {} timeline {} version {} -> system {} timeline {} version {}", last.text(0), last.integer(1),
      last.integer(3), identity.system_identifier, identity.timeline, identity.version);
  const std::string last_identifier = last.text(0);
  while (last.step()) {
  }
  if (last_identifier.empty()) {  // polls came before the identity: they were of this server
    database_.prepare("UPDATE OR IGNORE server SET system_identifier = ? WHERE current = 1")
        .bind(1, std::string_view(identity.system_identifier))
        .run();
  }
  if (identity.system_identifier.empty()) identity.system_identifier = last_identifier;
  if (failover) record_event(now, "failover", "", detail);
  if (restarted && !failover) {
    record_event(identity.postmaster_start, "restarted", "", fmt::format("version {}", identity.version));
  }
  store_identity(identity);
  if (failover) database_.execute("UPDATE source SET fresh = 1");
  return failover;
}

void ServerStore::store_identity(const model::ServerIdentity& identity) {
  database_.execute("UPDATE server SET current = 0");
  database_
      .prepare(
          "INSERT INTO server (system_identifier, timeline, in_recovery, version, postmaster_start, current) "
          "VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT (system_identifier) DO UPDATE SET timeline = "
          "excluded.timeline, "
          "in_recovery = excluded.in_recovery, version = excluded.version, "
          "postmaster_start = excluded.postmaster_start, current = 1")
      .bind(1, std::string_view(identity.system_identifier))
      .bind(2, identity.timeline)
      .bind(3, std::int64_t{identity.in_recovery})
      .bind(4, std::int64_t{identity.version})
      .bind(5, to_microseconds(identity.postmaster_start))
      .run();
}

void ServerStore::record_databases(const std::vector<model::DatabaseProperties>& databases) {
  const std::int64_t server = current_server();
  for (const auto& properties : databases) {
    database_
        .prepare(
            "INSERT INTO database_oid (server, oid, database) VALUES (?, ?, ?) "
            "ON CONFLICT (server, oid) DO UPDATE SET database = excluded.database")
        .bind(1, server)
        .bind(2, std::int64_t{static_cast<std::uint32_t>(properties.oid)})
        .bind(3, database_id(properties.name))
        .run();
  }
}

void ServerStore::record_event(model::Timestamp at, const std::string& kind, const std::string& database,
                               const std::string& detail) {
  database_.prepare("INSERT INTO event (at, kind, database, detail) VALUES (?, ?, ?, ?)")
      .bind(1, to_microseconds(at))
      .bind(2, std::string_view(kind))
      .bind(3, std::string_view(database))
      .bind(4, std::string_view(detail))
      .run();
}

std::vector<Event> ServerStore::events(model::Timestamp from) {
  std::vector<Event> events;
  Statement rows =
      database_.prepare("SELECT at, kind, database, detail FROM event WHERE at >= ? ORDER BY at, rowid");
  rows.bind(1, to_microseconds(from));
  while (rows.step()) {
    events.push_back({from_microseconds(rows.integer(0)), rows.text(1), rows.text(2), rows.text(3)});
  }
  return events;
}

std::int64_t ServerStore::current_server() {
  const std::int64_t server = database_.number("SELECT id FROM server WHERE current = 1");
  if (server != 0) return server;
  store_identity({});
  return database_.number("SELECT id FROM server WHERE current = 1");
}

std::int64_t ServerStore::database_id(const std::string& name) {
  Statement found = database_.prepare("SELECT id FROM database WHERE name = ?");
  found.bind(1, std::string_view(name));
  if (found.step()) return found.integer(0);
  database_.prepare("INSERT INTO database (name) VALUES (?)").bind(1, std::string_view(name)).run();
  return database_.last_id();
}

std::optional<Source> ServerStore::source(std::int64_t database) {
  Statement row = database_.prepare(
      "SELECT first_poll, last_poll, stats_reset, evictions, postmaster_start, active_time IS NULL, "
      "active_time, fresh "
      "FROM source WHERE database = ?");
  row.bind(1, database);
  if (!row.step()) return std::nullopt;
  Source source;
  source.first_poll = from_microseconds(row.integer(0));
  source.last_poll = from_microseconds(row.integer(1));
  source.stats_reset = optional_time(row, 2);
  source.evictions = row.optional_integer(3);
  source.postmaster_start = from_microseconds(row.integer(4));
  if (row.integer(5) == 0) source.active_time = row.real(6);
  source.fresh = row.integer(7) != 0;
  return source;
}

void ServerStore::store_source(std::int64_t database, const Source& source) {
  Statement row = database_.prepare(
      "INSERT OR REPLACE INTO source (database, first_poll, last_poll, stats_reset, evictions, "
      "postmaster_start, "
      "fresh, active_time) VALUES (?, ?, ?, ?, ?, ?, 0, ?)");
  row.bind(1, database)
      .bind(2, to_microseconds(source.first_poll))
      .bind(3, to_microseconds(source.last_poll))
      .bind(4, to_microseconds(source.stats_reset))
      .bind(5, source.evictions)
      .bind(6, to_microseconds(source.postmaster_start));
  if (source.active_time) row.bind(7, *source.active_time);
  row.run();
}

}  // namespace pgadvisor::history
