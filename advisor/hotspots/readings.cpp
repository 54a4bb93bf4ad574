#include "advisor/hotspots/readings.hpp"

#include <algorithm>

namespace pgadvisor::hotspots {
namespace {

using advisor::HotspotReading;
using model::Seconds;
using model::Timestamp;
using std::chrono::hours;

/// Less tells nothing of an hour.
constexpr Seconds kShortest{60};

/// What is known of one hour of one table.
struct Known {
  Seconds watched{};
  Seconds obscured{};
  double bytes = 0;
};

Known known_of(const model::ObjectName& table, const model::WatchedHour& watched,
               std::span<const model::ReadHour> read) {
  const auto found = std::ranges::find_if(
      read, [&](const auto& hour) { return hour.hour == watched.hour && hour.table == table; });
  if (found == read.end()) return {watched.watched, {}, 0};
  return {watched.watched, found->obscured, found->bytes};
}

std::optional<double> rate_of(const WindowReads& reads, const model::ObjectName& table) {
  const auto found = reads.tables.find(table);
  return found == reads.tables.end() ? 0 : found->second;
}

/// Without what recent windows read in the hour.
void take_out(Known& known, Timestamp hour, const model::ObjectName& table,
              const std::deque<WindowReads>& recent) {
  for (const auto& reads : recent) {
    const Seconds within =
        std::min<Timestamp>(reads.window.to, hour + hours(1)) - std::max(reads.window.from, hour);
    if (within.count() <= 0) continue;
    known.watched -= within;
    if (const auto rate = rate_of(reads, table)) {
      known.bytes -= *rate * within.count();
    } else {
      known.obscured -= within;
    }
  }
}

}  // namespace

std::optional<WindowReads> reads_of(const model::Window& window, const Judgement& judgement) {
  if (judgement.changes.watched.empty()) return std::nullopt;
  WindowReads reads{window, {}};
  for (const auto& tracker : judgement.changes.trackers) {
    if (tracker.rate > 0) reads.tables[tracker.table] = tracker.rate;
  }
  for (const auto& hour : judgement.changes.read) {
    if (hour.obscured.count() > 0) reads.tables[hour.table] = std::nullopt;
  }
  return reads;
}

std::vector<HotspotReading> readings(const model::ObjectName& table, std::span<const model::ReadHour> read,
                                     std::span<const model::WatchedHour> watched,
                                     const std::deque<WindowReads>& recent) {
  std::vector<HotspotReading> all;
  for (const auto& hour : watched) {
    const Timestamp end = recent.empty()
                              ? hour.hour + hours(1)
                              : std::min<Timestamp>(hour.hour + hours(1), recent.front().window.from);
    if (end <= hour.hour) continue;
    auto known = known_of(table, hour, read);
    take_out(known, hour.hour, table, recent);
    if (known.watched < kShortest) continue;
    HotspotReading reading{{hour.hour, end}, std::nullopt};
    const Seconds length = known.watched - known.obscured;
    if (length >= kShortest) reading.bytes_per_second = std::max(0.0, known.bytes) / length.count();
    all.push_back(reading);
  }
  for (const auto& reads : recent) all.push_back({reads.window, rate_of(reads, table)});
  return all;
}

}  // namespace pgadvisor::hotspots
