#include "daemon/metrics/hotspot_families.hpp"

#include "daemon/metrics/status_families.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>

namespace pgadvisor::daemon::metrics {
namespace {

using advisor::DatabaseHotspots;
using advisor::Hotspot;
using advisor::Report;

/// Those of databases whose counters are being read.
std::vector<const DatabaseHotspots*> fresh_hotspots(const Report& report, const Status& status) {
  std::vector<const DatabaseHotspots*> databases;
  for (const auto& database : report.hotspots) {
    if (is_fresh(status, "relations", database.database)) databases.push_back(&database);
  }
  return databases;
}

std::vector<Series> per_hotspot(const std::vector<const DatabaseHotspots*>& databases,
                                const std::function<double(const Hotspot&)>& value) {
  std::vector<Series> series;
  for (const auto* database : databases) {
    for (const Hotspot& hotspot : database->hotspots) {
      series.push_back({{{"database", database->database},
                         {"schema", hotspot.table.schema},
                         {"table", hotspot.table.name}},
                        value(hotspot)});
    }
  }
  return series;
}

std::vector<Series> infos(const std::vector<const DatabaseHotspots*>& databases) {
  std::vector<Series> series;
  for (const auto* database : databases) {
    for (const Hotspot& hotspot : database->hotspots) {
      series.push_back({{{"database", database->database},
                         {"schema", hotspot.table.schema},
                         {"table", hotspot.table.name},
                         {"state", std::string(to_string(hotspot.state))},
                         {"cause", std::string(to_string(hotspot.cause))}},
                        1});
    }
  }
  return series;
}

/// States without a hotspot are 0, so that an alert can tell "none" from "no data".
std::vector<Series> counts(const std::vector<const DatabaseHotspots*>& databases) {
  using model::HotspotState;
  std::vector<Series> series;
  for (const auto* database : databases) {
    std::map<HotspotState, double> by_state{
        {HotspotState::kNew, 0}, {HotspotState::kKnown, 0}, {HotspotState::kResolved, 0}};
    for (const Hotspot& hotspot : database->hotspots) ++by_state[hotspot.state];
    for (const auto& [state, count] : by_state) {
      series.push_back({{{"database", database->database}, {"state", std::string(to_string(state))}}, count});
    }
  }
  return series;
}

}  // namespace

void add_hotspots(Families& families, const Report& report, const Status& status) {
  const auto databases = fresh_hotspots(report, status);
  families.gauge("pgadvisor_hotspots", "Tables that sequential scans read a lot of, by state",
                 counts(databases));
  families.gauge("pgadvisor_hotspot_info", "State and cause of a table that sequential scans read a lot of",
                 infos(databases));
  families.gauge(
      "pgadvisor_hotspot_read_bytes", "What sequential scans read of a table in the last day",
      per_hotspot(databases, [](const Hotspot& h) { return static_cast<double>(h.bytes_read.value); }));
  families.gauge("pgadvisor_hotspot_read_bytes_per_second",
                 "What sequential scans read of a table between the last two polls",
                 per_hotspot(databases, [](const Hotspot& h) { return h.bytes_per_second; }));
  families.gauge("pgadvisor_hotspot_rows_read", "Rows that sequential scans read of a table in the last day",
                 per_hotspot(databases, [](const Hotspot& h) { return static_cast<double>(h.rows_read); }));
  families.gauge("pgadvisor_hotspot_sequential_scans", "Sequential scans of a table in the last day",
                 per_hotspot(databases, [](const Hotspot& h) { return static_cast<double>(h.seq_scans); }));
  families.gauge(
      "pgadvisor_hotspot_table_bytes", "Size of a table that sequential scans read a lot of",
      per_hotspot(databases, [](const Hotspot& h) { return static_cast<double>(h.table_size.value); }));
}

}  // namespace pgadvisor::daemon::metrics
