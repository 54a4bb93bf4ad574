#include "daemon/hotspot_watch.hpp"

#include "advisor/hotspots/changed_history.hpp"
#include "advisor/hotspots/unindexed_keys.hpp"
#include "collectors/sql/quote.hpp"
#include "daemon/log.hpp"

#include <algorithm>

namespace pgadvisor::daemon {
namespace {

/// More are not asked about: what reads less than these is no hotspot.
constexpr std::size_t kMostTables = 200;
/// A day at the usual interval.
constexpr std::size_t kMostWindows = 288;
/// Of which readings are shown.
constexpr std::chrono::hours kShown{24 * 7};

/// Counted rows go wrong when counters are reset, those of the last VACUUM or ANALYZE when many come or go:
/// the greater one never takes a part of the table for the whole.
double rows_of(const model::TableDetails& details, std::int64_t relpages) {
  double planned = details.reltuples;
  if (planned > 0 && relpages > 0)
    planned *= static_cast<double>(details.pages) / static_cast<double>(relpages);
  const double rows = std::max(planned, details.live_rows);
  return rows > 0 ? rows : -1;
}

std::map<model::ObjectName, std::int64_t> pages_by_name(const model::DatabaseSnapshot* snapshot) {
  std::map<model::ObjectName, std::int64_t> pages;
  if (snapshot == nullptr) return pages;
  for (const auto& table : snapshot->tables) pages.emplace(table.name, table.pages);
  return pages;
}

}  // namespace

void HotspotWatch::watch(const model::DatabaseProperties& database) {
  watched_.insert_or_assign(database.name, Watched{.oid = database.oid});
}

void HotspotWatch::saw(const model::StatementWindow& window) {
  for (const auto& work : window.statements) {
    const bool wanted = std::ranges::any_of(
        watched_, [&](const auto& entry) { return entry.second.oid == work.key.database; });
    if (wanted) executed_[work.key] += work.counters;
  }
}

void HotspotWatch::saw(const model::MaintenancePoll& poll) {
  for (const auto& sight : poll.sights) {
    const auto watched = watched_.find(sight.database);
    if (watched == watched_.end()) continue;
    auto& seen = watched->second.maintenance;
    if (std::ranges::find(seen, sight.work) == seen.end()) seen.push_back(sight.work);
  }
}

std::vector<model::Oid> HotspotWatch::to_look_at(const model::RelationWindow& window,
                                                 const Snapshot& snapshot) const {
  const auto pages = pages_by_name(snapshot.get());
  std::vector<std::pair<std::int64_t, model::Oid>> tables;
  for (const auto& table : window.tables) {
    const auto known = pages.find(table.table);
    if (hotspots::may_count(table, known == pages.end() ? 0 : known->second, min_pages_)) {
      tables.emplace_back(-table.counters.seq_tup_read, table.oid);
    }
  }
  std::ranges::sort(tables);
  tables.resize(std::min(tables.size(), kMostTables));
  std::vector<model::Oid> oids;
  for (const auto& [rows, oid] : tables) oids.push_back(oid);
  return oids;
}

model::Result<HotspotWatch::Work> HotspotWatch::take_work(model::Oid database) {
  std::vector<model::StatementKey> keys;
  std::map<model::StatementKey, model::StatementCounters> own;
  std::erase_if(executed_, [&](const auto& entry) {
    if (entry.first.database != database) return false;
    // Whoever reads a table that counts, or at least half of it, touches so many.
    if (hotspots::blocks_per_call(entry.second) * 2 >= static_cast<double>(min_pages_)) own.insert(entry);
    return true;
  });
  for (const auto& [key, counters] : own) keys.push_back(key);
  const auto descriptions = history_.describe(keys);
  if (!descriptions) return descriptions.error();
  Work work;
  for (const auto& description : *descriptions) {
    work.statements.push_back({description.key, description.text, own.at(description.key)});
    std::ranges::copy(description.maintenance, std::back_inserter(work.maintenance));
  }
  return work;
}

model::Result<void> HotspotWatch::judge(const std::string& database, const model::RelationWindow& window,
                                        const Details& details, Snapshot snapshot, model::Seconds longest) {
  auto& watched = watched_.at(database);
  if (snapshot && snapshot != watched.snapshot) watched.foreign_keys = hotspots::unindexed_keys(*snapshot);
  watched.snapshot = std::move(snapshot);
  watched.to = window.window.to;
  auto work = take_work(watched.oid);
  if (!work) return work.error();
  std::ranges::copy(std::exchange(watched.maintenance, {}), std::back_inserter(work->maintenance));
  std::map<model::ObjectName, hotspots::TableSize> sizes;
  for (const auto& table : window.tables) {
    const auto known = details.find(table.oid);
    if (known == details.end()) continue;
    sizes[table.table] = {known->second.pages, rows_of(known->second, table.relpages)};
    watched.details[table.table] = known->second;
  }
  auto history = history_.hotspots(database, window.window.to);
  if (!history) return history.error();
  const auto judged =
      hotspots::judge({window, *history, watched.snapshot.get(), sizes, work->maintenance, work->statements,
                       watched.foreign_keys, min_pages_, longest, learning_});
  if (auto done = history_.record_hotspots(database, judged.changes); !done) return done;
  if (auto reads = hotspots::reads_of(window.window, judged)) watched.recent.push_back(std::move(*reads));
  if (watched.recent.size() > kMostWindows) watched.recent.pop_front();
  for (const auto& evidence : judged.evidence) watched.statements[evidence.table] = evidence.statements;
  if (auto told = tell(database, hotspots::with_changes(std::move(*history), judged.changes), watched);
      !told) {
    return told;
  }
  for (const auto& table : judged.became_new) {
    log::warn("new hotspot {} in {}: sequential scans read far more of it than usual", sql::quote_name(table),
              database);
    news_ = true;
  }
  publish();
  return {};
}

const advisor::DatabaseReport* HotspotWatch::report_of(const std::string& database) const {
  if (!report_) return nullptr;
  const auto found = std::ranges::find(
      report_->databases, database, [](const advisor::DatabaseReport& one) { return one.advice.database; });
  return found == report_->databases.end() ? nullptr : &*found;
}

model::Result<void> HotspotWatch::tell(const std::string& database, const model::HotspotHistory& history,
                                       Watched& watched) {
  const auto* report = report_of(database);
  watched.hotspots = hotspots::hotspots({history, watched.to, watched.snapshot.get(),
                                         report == nullptr ? nullptr : &report->advice, watched.foreign_keys,
                                         watched.details, watched.statements});
  return add_readings(database, history, watched);
}

model::Result<void> HotspotWatch::add_readings(const std::string& database,
                                               const model::HotspotHistory& history, Watched& watched) {
  const auto from = watched.to - kShown;
  const auto hours = history_.hotspot_hours(database, from);
  if (!hours) return hours.error();
  const auto first = std::ranges::lower_bound(history.watched, from, {}, &model::WatchedHour::hour);
  for (auto& hotspot : watched.hotspots) {
    hotspot.readings =
        hotspots::readings(hotspot.table, *hours, {first, history.watched.end()}, watched.recent);
  }
  return {};
}

void HotspotWatch::advised() {
  report_ = publication_.report();
  for (auto& [database, watched] : watched_) {
    if (watched.to == model::Timestamp{}) continue;
    // The list that is there stays when the history cannot be read, which the next poll reports.
    if (const auto history = history_.hotspots(database, watched.to)) (void)tell(database, *history, watched);
  }
  publish();
}

void HotspotWatch::forget(const std::string& database) {
  watched_.erase(database);
  publish();
}

void HotspotWatch::publish() {
  std::vector<advisor::DatabaseHotspots> all;
  for (const auto& [database, watched] : watched_) {
    if (watched.to != model::Timestamp{}) all.push_back({database, watched.to, watched.hotspots});
  }
  publication_.publish(std::move(all));
}

}  // namespace pgadvisor::daemon
