#include "advisor/hotspots/hotspots.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

namespace pgadvisor::hotspots {
namespace {

/// Share of the table that a scan has to read on average to count.
constexpr double kLeastShare = 0.5;

/// A parallel scan counts once for each of its processes, of which each reads its share of the rows.
double most_processes(const model::DatabaseSnapshot& snapshot) {
  for (const auto& setting : snapshot.settings) {
    if (setting.name == "max_parallel_workers_per_gather") return 1 + std::max(0, std::atoi(setting.value.c_str()));
  }
  return 1;
}

}  // namespace

std::vector<advisor::Hotspot> rank(const model::DatabaseSnapshot& snapshot,
                                   const model::DatabaseActivity& activity, std::int64_t min_pages) {
  std::map<model::ObjectName, const model::Table*> tables;
  for (const auto& table : snapshot.tables) tables[table.name] = &table;
  const double least_share = kLeastShare / most_processes(snapshot);
  std::vector<advisor::Hotspot> hotspots;
  for (const auto& entry : activity.tables) {
    const auto found = tables.find(entry.table);
    const auto& counters = entry.counters;
    if (found == tables.end() || found->second->pages < min_pages || counters.seq_scan <= 0) continue;
    const auto& table = *found->second;
    const double rows = std::max(1.0, table.reltuples);
    const double read = static_cast<double>(counters.seq_tup_read);
    if (read < least_share * rows * static_cast<double>(counters.seq_scan)) continue;
    const model::Bytes size{table.pages * model::kBlockSize};
    hotspots.push_back({table.name, counters.seq_scan, counters.seq_tup_read, size * (read / rows), size});
  }
  std::stable_sort(hotspots.begin(), hotspots.end(),
                   [](const auto& a, const auto& b) { return a.bytes_read > b.bytes_read; });
  return hotspots;
}

}  // namespace pgadvisor::hotspots
