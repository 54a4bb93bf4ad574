#pragma once

// Private to collectors/history.

#include "collectors/history/server_store.hpp"
#include "collectors/history/sqlite.hpp"
#include "collectors/model/hotspot.hpp"

#include <string>
#include <vector>

namespace pgadvisor::history {

/// What sequential scans read, by table name and hour, and the state of each table.
class HotspotStore {
 public:
  HotspotStore(Database& database, ServerStore& servers) : database_(database), servers_(servers) {}

  /// What a window that ends at `to` is judged by: the hours of the day before it, and the same hour of
  /// earlier weeks with one on either side.
  [[nodiscard]] model::HotspotHistory load(const std::string& database, model::Timestamp to);
  /// Hours from `from` on of tables that are or were hotspots.
  [[nodiscard]] std::vector<model::ReadHour> hours_since(const std::string& database, model::Timestamp from);
  void record(const std::string& database, const model::HotspotChanges& changes);

 private:
  [[nodiscard]] std::vector<model::HotspotTracker> trackers(std::int64_t database);
  [[nodiscard]] std::vector<model::ReadHour> read_hours(std::int64_t database, model::Timestamp to);
  [[nodiscard]] std::vector<model::WatchedHour> watched_hours(std::int64_t database);
  [[nodiscard]] std::int64_t hotspot_id(std::int64_t database, const model::ObjectName& table);
  void store_trackers(std::int64_t database, const std::vector<model::HotspotTracker>& trackers);
  void store_read(std::int64_t database, const std::vector<model::ReadHour>& hours);
  void store_watched(std::int64_t database, const std::vector<model::WatchedHour>& hours);

  Database& database_;
  ServerStore& servers_;
};

}  // namespace pgadvisor::history
