#pragma once

#include "advisor/hotspots/judge.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace pgadvisor::hotspots {

using namespace std::chrono_literals;

inline constexpr std::chrono::hours kDay{24};
inline constexpr std::chrono::hours kWeek{24 * 7};

inline const model::ObjectName kOrders{"public", "orders"};

/// Monday, 2024-01-01 00:00 UTC, and so long after it.
inline model::Timestamp monday(std::chrono::seconds after = {}) {
  return model::Timestamp(std::chrono::seconds(1704067200)) + after;
}

/// A database that is polled every five minutes, in no time: windows go through judge(), and what that says
/// is kept as the history keeps it. Its tables have 10,000 pages and a million rows.
class WatchedWeeks {
 public:
  static constexpr std::int64_t kPages = 10000;
  static constexpr std::int64_t kRows = 1000000;
  static constexpr std::chrono::seconds kPoll{300};

  /// Full scans of a table in the window that begins at a time.
  using Load = std::function<double(const std::string& table, model::Timestamp from)>;

  explicit WatchedWeeks(std::vector<std::string> tables) : tables_(std::move(tables)) {}

  /// Polls until then. Transitions are noted as "day hh:mm state", days counted from the first Monday.
  void run(model::Timestamp until, const Load& load) {
    for (; now_ < until; now_ += kPoll) poll(load);
  }
  /// Nobody watches until then: the next window is that long.
  void sleep(model::Timestamp until, const Load& load) {
    const auto from = std::exchange(now_, until);
    judge_window({from, until}, load, {});
  }
  /// Maintenance that is seen in every window from now on.
  std::vector<model::Maintenance> maintenance = {};
  /// See WindowFacts.
  model::Seconds learning = 24h * 7;
  /// Called for each window before it is judged.
  std::function<void(model::RelationWindow&)> change = [](model::RelationWindow&) {};

  [[nodiscard]] model::HotspotState state(const std::string& table) const {
    const auto found = trackers_.find({"public", table});
    return found == trackers_.end() ? model::HotspotState::kQuiet : found->second.state;
  }
  [[nodiscard]] const model::HotspotTracker& tracker(const std::string& table) const {
    return trackers_.at({"public", table});
  }
  [[nodiscard]] const std::vector<std::string>& transitions(const std::string& table) {
    return transitions_[table];
  }
  [[nodiscard]] model::Timestamp now() const { return now_; }

  [[nodiscard]] model::HotspotHistory history(model::Timestamp to) const {
    model::HotspotHistory history;
    for (const auto& [name, tracker] : trackers_) history.trackers.push_back(tracker);
    const auto hour = std::chrono::floor<std::chrono::hours>(to);
    for (const auto& [key, read] : read_) {
      const auto age = hour - key.second;
      const auto of_week = age % (24h * 7);
      if (age <= 25h || of_week <= 1h || of_week >= 24h * 7 - 1h) history.read.push_back(read);
    }
    for (const auto& [when, watched] : watched_) history.watched.push_back({when, watched});
    return history;
  }

 private:
  void poll(const Load& load) { judge_window({now_, now_ + kPoll}, load, maintenance); }

  void judge_window(const model::Window& window, const Load& load,
                    const std::vector<model::Maintenance>& works) {
    model::RelationWindow tables{window, {}};
    std::map<model::ObjectName, TableSize> sizes;
    for (const auto& name : tables_) {
      const double scans = load(name, window.from);
      sizes[{"public", name}] = {kPages, static_cast<double>(kRows)};
      if (scans <= 0) continue;
      model::TableCounters counters;
      counters.seq_scan = static_cast<std::int64_t>(scans + 0.999);
      counters.seq_tup_read = static_cast<std::int64_t>(scans * kRows);
      tables.tables.push_back({{"public", name}, model::Oid{1}, counters, kPages, kRows, false});
    }
    change(tables);
    const auto before = history(window.to);
    WindowFacts facts{tables, before, nullptr, sizes, works, {}, {}};
    facts.learning = learning;
    const auto judged = judge(facts);
    keep(judged.changes, window.to);
  }

  void keep(const model::HotspotChanges& changes, model::Timestamp at) {
    for (const auto& tracker : changes.trackers) {
      auto& kept = trackers_[tracker.table];
      if (kept.state != tracker.state) note(tracker, at);
      kept = tracker;
    }
    for (const auto& hour : changes.read) {
      auto& kept = read_[{hour.table, hour.hour}];
      kept.table = hour.table;
      kept.hour = hour.hour;
      kept.scans += hour.scans;
      kept.rows += hour.rows;
      kept.bytes += hour.bytes;
      kept.peak = std::max(kept.peak, hour.peak);
      kept.obscured += hour.obscured;
    }
    for (const auto& hour : changes.watched) watched_[hour.hour] += hour.watched;
  }

  void note(const model::HotspotTracker& tracker, model::Timestamp at) {
    const auto minutes = std::chrono::floor<std::chrono::minutes>(at - monday()).count();
    transitions_[tracker.table.name].push_back(fmt::format(
        "{} {:02}:{:02} {}", minutes / 1440, minutes / 60 % 24, minutes % 60, to_string(tracker.state)));
  }

  std::vector<std::string> tables_;
  model::Timestamp now_ = monday();
  std::map<model::ObjectName, model::HotspotTracker> trackers_;
  std::map<std::pair<model::ObjectName, model::Timestamp>, model::ReadHour> read_;
  std::map<model::Timestamp, model::Seconds> watched_;
  std::map<std::string, std::vector<std::string>> transitions_;
};

}  // namespace pgadvisor::hotspots
