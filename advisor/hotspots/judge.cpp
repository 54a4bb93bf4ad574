#include "advisor/hotspots/judge.hpp"

#include "advisor/hotspots/tracker.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace pgadvisor::hotspots {
namespace {

using model::HotspotState;
using model::HotspotTracker;
using model::Seconds;
using std::chrono::hours;

/// Until then, what a known hotspot reads is in no earlier week.
constexpr hours kRecent{24 * 8};

/// Hours that the window touches, each with the part of the window in it.
std::vector<std::pair<model::Timestamp, double>> parts_of(const model::Window& window) {
  std::vector<std::pair<model::Timestamp, double>> parts;
  const Seconds length = window.to - window.from;
  for (model::Timestamp hour = std::chrono::floor<hours>(window.from); hour < window.to; hour += hours(1)) {
    const Seconds within =
        std::min<model::Timestamp>(hour + hours(1), window.to) - std::max(hour, window.from);
    parts.emplace_back(hour, within / length);
  }
  return parts;
}

/// A new one is compared with what was usual before it.
Familiar familiar(const HotspotTracker& tracker, model::Timestamp now) {
  if (tracker.state == HotspotState::kResolved) return Familiar::kYes;
  if (tracker.state != HotspotState::kKnown) return Familiar::kNo;
  return now - tracker.since < kRecent ? Familiar::kRecently : Familiar::kYes;
}

class Judge {
 public:
  explicit Judge(const WindowFacts& facts)
      : facts_(facts), length_(facts.window.window.to - facts.window.window.from) {}

  Judgement run() {
    const auto parts = parts_of(facts_.window.window);
    for (const auto& [hour, part] : parts) judgement_.changes.watched.push_back({hour, length_ * part});
    for (const auto& tracker : facts_.history.trackers) trackers_.emplace(tracker.table, tracker);
    for (const auto& hour : facts_.history.read) hours_[hour.table].push_back(hour);
    for (const auto& table : facts_.window.tables) look_at(table, parts);
    for (const auto& [name, tracker] : trackers_) {
      if (!done_.contains(name) && !is_blank(tracker)) step(tracker, 0);
    }
    return std::move(judgement_);
  }

 private:
  using Parts = std::vector<std::pair<model::Timestamp, double>>;

  void look_at(const model::TableWindow& table, const Parts& parts) {
    const auto size = facts_.sizes.find(table.table);
    if (size == facts_.sizes.end()) return;
    const int processes = scan_processes(
        size->second.pages, facts_.snapshot ? facts_.snapshot->settings : std::vector<model::Setting>{});
    const auto names = lineage(table.table, facts_.snapshot);
    const ReadTable read{names, size->second.pages, static_cast<double>(table.counters.seq_scan),
                         keys_of(names, facts_.foreign_keys)};
    auto found = readers(read, facts_.statements);
    auto reading = reading_of(table, size->second, {facts_.min_pages, processes, !found.empty()}, length_);
    if (!reading) return;
    reading->obscured =
        maintenance_of(table, {facts_.maintenance.begin(), facts_.maintenance.end()}, facts_.snapshot);
    add_hours(*reading, parts);
    done_.insert(table.table);
    if (reading->obscured) return;
    for (auto& reader : found) reader.share = share_of_scans(reader.calls, reading->full_scans);
    judgement_.evidence.push_back({table.table, std::move(found)});
    const auto known = trackers_.find(table.table);
    HotspotTracker fresh;
    fresh.table = table.table;
    step(known == trackers_.end() ? fresh : known->second, reading->rate);
  }

  void add_hours(const Reading& reading, const Parts& parts) {
    for (const auto& [hour, part] : parts) {
      model::ReadHour read;
      read.table = reading.table;
      read.hour = hour;
      if (reading.obscured) {
        read.obscured = length_ * part;
      } else {
        read.scans = reading.scans * part;
        read.rows = reading.rows * part;
        read.bytes = reading.bytes * part;
        read.peak = reading.rate;
      }
      judgement_.changes.read.push_back(std::move(read));
    }
  }

  void step(const HotspotTracker& before, double rate) {
    const auto& window = facts_.window.window;
    const auto middle = window.from + (window.to - window.from) / 2;
    auto usual = baseline(hours_[before.table], facts_.history.watched, middle, familiar(before, window.to));
    if (!usual && was_always_quiet(before)) usual = Baseline{};
    auto after = advance(before, {window, rate, usual});
    if (is_blank(before) && is_blank(after)) return;
    if (after.state == HotspotState::kNew && before.state != HotspotState::kNew) {
      judgement_.became_new.push_back(after.table);
    }
    judgement_.changes.trackers.push_back(std::move(after));
  }

  /// In the first week, nothing is usual where nothing that counts was read in all the time that learning
  /// takes, whatever the hour: until what is over it now began.
  [[nodiscard]] bool was_always_quiet(const HotspotTracker& tracker) const {
    if (tracker.state != HotspotState::kQuiet || tracker.hot != tracker.over) return false;
    const auto& watched = facts_.history.watched;
    if (watched.empty() || facts_.window.window.to - watched.front().hour >= std::chrono::weeks(1))
      return false;
    Seconds sum{};
    for (const auto& hour : watched) sum += hour.watched;
    return sum >= facts_.learning;
  }

  const WindowFacts& facts_;
  Seconds length_;
  Judgement judgement_;
  std::map<model::ObjectName, HotspotTracker> trackers_;
  std::map<model::ObjectName, std::vector<model::ReadHour>> hours_;
  std::set<model::ObjectName> done_;
};

}  // namespace

Judgement judge(const WindowFacts& facts) {
  const Seconds length = facts.window.window.to - facts.window.window.from;
  if (length.count() <= 0 || length > facts.longest) return {};
  return Judge(facts).run();
}

}  // namespace pgadvisor::hotspots
