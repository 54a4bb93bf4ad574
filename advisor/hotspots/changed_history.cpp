#include "advisor/hotspots/changed_history.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace pgadvisor::hotspots {
namespace {

void add(std::vector<model::HotspotTracker>& trackers, const std::vector<model::HotspotTracker>& changed) {
  std::map<model::ObjectName, std::size_t> positions;
  for (std::size_t i = 0; i < trackers.size(); ++i) positions.emplace(trackers[i].table, i);
  for (const auto& tracker : changed) {
    const auto [known, is_new] = positions.try_emplace(tracker.table, trackers.size());
    if (is_new) {
      trackers.push_back(tracker);
    } else {
      trackers[known->second] = tracker;
    }
  }
}

void add(std::vector<model::ReadHour>& kept, const std::vector<model::ReadHour>& added) {
  std::map<std::pair<model::ObjectName, model::Timestamp>, std::size_t> positions;
  for (std::size_t i = 0; i < kept.size(); ++i) positions.emplace(std::pair(kept[i].table, kept[i].hour), i);
  for (const auto& one : added) {
    const auto [known, is_new] = positions.try_emplace({one.table, one.hour}, kept.size());
    if (is_new) {
      kept.push_back(one);
      continue;
    }
    auto& hour = kept[known->second];
    hour.scans += one.scans;
    hour.rows += one.rows;
    hour.bytes += one.bytes;
    hour.peak = std::max(hour.peak, one.peak);
    hour.obscured += one.obscured;
  }
}

void add(std::vector<model::WatchedHour>& kept, const std::vector<model::WatchedHour>& added) {
  for (const auto& one : added) {
    const auto place = std::ranges::lower_bound(kept, one.hour, {}, &model::WatchedHour::hour);
    if (place != kept.end() && place->hour == one.hour) {
      place->watched += one.watched;
    } else {
      kept.insert(place, one);
    }
  }
}

}  // namespace

model::HotspotHistory with_changes(model::HotspotHistory history, const model::HotspotChanges& changes) {
  add(history.trackers, changes.trackers);
  add(history.read, changes.read);
  add(history.watched, changes.watched);
  return history;
}

}  // namespace pgadvisor::hotspots
