#include "collectors/history/hotspot_store.hpp"

namespace pgadvisor::history {

namespace {

model::Timestamp hour_at(std::int64_t slice) {
  return model::Timestamp(std::chrono::seconds(slice));
}

/// Of a row: schema, name, slice, scans, rows, bytes, peak, obscured.
model::ReadHour read_hour(Statement& row) {
  return {
      {row.text(0), row.text(1)}, hour_at(row.integer(2)), row.real(3), row.real(4), row.real(5), row.real(6),
      model::Seconds(row.real(7))};
}

}  // namespace

model::HotspotHistory HotspotStore::load(const std::string& database, model::Timestamp to) {
  const std::int64_t id = servers_.database_id(database);
  return {trackers(id), read_hours(id, to), watched_hours(id)};
}

std::vector<model::HotspotTracker> HotspotStore::trackers(std::int64_t database) {
  std::vector<model::HotspotTracker> trackers;
  Statement row = database_.prepare(
      "SELECT schema, name, state, since, last_hot, over, first_over, last_over, hot, after_high, "
      "after_hot, usual, rate FROM hotspot WHERE database = ? ORDER BY schema, name");
  row.bind(1, database);
  while (row.step()) {
    trackers.push_back({{row.text(0), row.text(1)},
                        static_cast<model::HotspotState>(row.integer(2)),
                        from_microseconds(row.integer(3)),
                        from_microseconds(row.integer(4)),
                        static_cast<int>(row.integer(5)),
                        from_microseconds(row.integer(6)),
                        from_microseconds(row.integer(7)),
                        static_cast<int>(row.integer(8)),
                        model::Seconds(row.real(9)),
                        model::Seconds(row.real(10)),
                        row.real(11),
                        row.real(12)});
  }
  return trackers;
}

std::vector<model::ReadHour> HotspotStore::read_hours(std::int64_t database, model::Timestamp to) {
  std::vector<model::ReadHour> hours;
  Statement row = database_.prepare(
      "SELECT h.schema, h.name, r.slice, r.scans, r.rows, r.bytes, r.peak, r.obscured FROM hotspot_hour r "
      "JOIN hotspot h ON h.id = r.hotspot WHERE r.slice BETWEEN ?2 AND ?3 AND h.database = ?1 "
      "ORDER BY h.schema, h.name, r.slice");
  const auto read = [&](std::int64_t from, std::int64_t until) {
    row.bind(1, database).bind(2, from).bind(3, until);
    while (row.step()) hours.push_back(read_hour(row));
  };
  const std::int64_t now = slice_of(to, kHour);
  const std::int64_t oldest = database_.number("SELECT min(slice) FROM hotspot_hour");
  for (auto hour = now - kWeek; oldest != 0 && hour + kHour >= oldest; hour -= kWeek)
    read(hour - kHour, hour + kHour);
  read(now - kDay - kHour, now);
  return hours;
}

std::vector<model::ReadHour> HotspotStore::hours_since(const std::string& database, model::Timestamp from) {
  std::vector<model::ReadHour> hours;
  Statement row = database_.prepare(
      "SELECT h.schema, h.name, r.slice, r.scans, r.rows, r.bytes, r.peak, r.obscured FROM hotspot_hour r "
      "JOIN hotspot h ON h.id = r.hotspot WHERE r.slice >= ?2 AND h.database = ?1 AND h.state <> 0 "
      "ORDER BY h.schema, h.name, r.slice");
  row.bind(1, servers_.database_id(database)).bind(2, slice_of(from, kHour));
  while (row.step()) hours.push_back(read_hour(row));
  return hours;
}

std::vector<model::WatchedHour> HotspotStore::watched_hours(std::int64_t database) {
  std::vector<model::WatchedHour> hours;
  Statement row =
      database_.prepare("SELECT slice, seconds FROM watched_hour WHERE database = ? ORDER BY slice");
  row.bind(1, database);
  while (row.step()) hours.push_back({hour_at(row.integer(0)), model::Seconds(row.real(1))});
  return hours;
}

void HotspotStore::record(const std::string& database, const model::HotspotChanges& changes) {
  Transaction transaction(database_);
  const std::int64_t id = servers_.database_id(database);
  store_trackers(id, changes.trackers);
  store_read(id, changes.read);
  store_watched(id, changes.watched);
  transaction.commit();
}

std::int64_t HotspotStore::hotspot_id(std::int64_t database, const model::ObjectName& table) {
  Statement row = database_.prepare(
      "INSERT INTO hotspot VALUES (NULL, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) "
      "ON CONFLICT (database, schema, name) DO UPDATE SET schema = schema RETURNING id");
  row.bind(1, database).bind(2, std::string_view(table.schema)).bind(3, std::string_view(table.name));
  const std::int64_t id = row.step() ? row.integer(0) : 0;
  row.run();
  return id;
}

void HotspotStore::store_trackers(std::int64_t database, const std::vector<model::HotspotTracker>& trackers) {
  Statement row = database_.prepare(
      "UPDATE hotspot SET state = ?, since = ?, last_hot = ?, over = ?, first_over = ?, last_over = ?, "
      "hot = ?, after_high = ?, after_hot = ?, usual = ?, rate = ? WHERE id = ?");
  for (const auto& tracker : trackers) {
    row.bind(1, static_cast<std::int64_t>(tracker.state))
        .bind(2, to_microseconds(tracker.since))
        .bind(3, to_microseconds(tracker.last_hot))
        .bind(4, std::int64_t{tracker.over})
        .bind(5, to_microseconds(tracker.first_over))
        .bind(6, to_microseconds(tracker.last_over))
        .bind(7, std::int64_t{tracker.hot})
        .bind(8, tracker.after_high.count())
        .bind(9, tracker.after_hot.count())
        .bind(10, tracker.usual)
        .bind(11, tracker.rate)
        .bind(12, hotspot_id(database, tracker.table))
        .run();
  }
}

void HotspotStore::store_read(std::int64_t database, const std::vector<model::ReadHour>& hours) {
  Statement row = database_.prepare(
      "INSERT INTO hotspot_hour (slice, hotspot, scans, rows, bytes, peak, obscured) "
      "VALUES (?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (slice, hotspot) DO UPDATE SET scans = scans + excluded.scans, rows = rows + "
      "excluded.rows, "
      "bytes = bytes + excluded.bytes, peak = max(peak, excluded.peak), obscured = obscured + "
      "excluded.obscured");
  for (const auto& hour : hours) {
    row.bind(1, slice_of(hour.hour, kHour))
        .bind(2, hotspot_id(database, hour.table))
        .bind(3, hour.scans)
        .bind(4, hour.rows)
        .bind(5, hour.bytes)
        .bind(6, hour.peak)
        .bind(7, hour.obscured.count())
        .run();
  }
}

void HotspotStore::store_watched(std::int64_t database, const std::vector<model::WatchedHour>& hours) {
  Statement row = database_.prepare(
      "INSERT INTO watched_hour (slice, database, seconds) VALUES (?, ?, ?) "
      "ON CONFLICT (slice, database) DO UPDATE SET seconds = seconds + excluded.seconds");
  for (const auto& hour : hours) {
    row.bind(1, slice_of(hour.hour, kHour)).bind(2, database).bind(3, hour.watched.count()).run();
  }
}

}  // namespace pgadvisor::history
