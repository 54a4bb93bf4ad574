#include "advisor/hotspots/hotspots.hpp"

#include "advisor/hotspots/cause.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace pgadvisor::hotspots {
namespace {

using advisor::Hotspot;
using advisor::HotspotCause;
using advisor::HotspotStatement;
using model::HotspotState;
using std::chrono::hours;

/// How long what is resolved is still shown.
constexpr hours kResolvedShown{24 * 7};
/// Times the table's blocks, from which on an execution is taken to read it again and again.
constexpr double kNestedLoop = 3;

bool is_shown(const model::HotspotTracker& tracker, model::Timestamp now) {
  if (tracker.state == HotspotState::kResolved) return now - tracker.since <= kResolvedShown;
  return tracker.state != HotspotState::kQuiet;
}

void add_last_day(Hotspot& hotspot, const Knowledge& knowledge) {
  const auto first = std::chrono::floor<hours>(knowledge.now) - std::chrono::days(1) + hours(1);
  hotspot.window = {first, knowledge.now};
  double scans = 0;
  double rows = 0;
  double bytes = 0;
  for (const auto& hour : knowledge.history.read) {
    if (hour.table != hotspot.table || hour.hour < first) continue;
    scans += hour.scans;
    rows += hour.rows;
    bytes += hour.bytes;
  }
  hotspot.seq_scans = static_cast<std::int64_t>(scans + 0.5);
  hotspot.rows_read = static_cast<std::int64_t>(rows + 0.5);
  hotspot.bytes_read = {static_cast<std::int64_t>(bytes)};
}

std::int64_t pages_of(const model::ObjectName& table, const Knowledge& knowledge) {
  const auto known = knowledge.details.find(table);
  if (known != knowledge.details.end()) return known->second.pages;
  if (knowledge.snapshot == nullptr) return 0;
  const auto found = std::ranges::find(knowledge.snapshot->tables, table, &model::Table::name);
  return found == knowledge.snapshot->tables.end() ? 0 : found->pages;
}

/// Those that plans show to read the table, where none was seen to since the start.
std::vector<HotspotStatement> planned_readers(std::span<const advisor::PlannedRead> reads) {
  std::vector<HotspotStatement> statements;
  for (const auto& read : reads) {
    if (!read.sequential) continue;
    HotspotStatement statement;
    statement.query_id = read.query_id;
    statement.query = read.query;
    statement.calls = read.calls;
    statement.planned = true;
    statement.foreign_key = read.foreign_key;
    statements.push_back(std::move(statement));
  }
  std::ranges::stable_sort(statements, std::greater{}, &HotspotStatement::calls);
  return statements;
}

std::vector<HotspotStatement> statements_of(const model::ObjectName& table, const Knowledge& knowledge,
                                            std::span<const advisor::PlannedRead> reads) {
  const auto seen = knowledge.statements.find(table);
  if (seen == knowledge.statements.end() || seen->second.empty()) return planned_readers(reads);
  auto statements = seen->second;
  for (auto& statement : statements) {
    const auto* read = read_by(statement.query_id, reads);
    if (read == nullptr) continue;
    statement.planned = read->sequential;
    if (statement.foreign_key.empty()) statement.foreign_key = read->foreign_key;
  }
  return statements;
}

/// Recommendations on the table or a tree that it belongs to: those that serve one of its statements, else
/// all.
std::vector<std::string> cures(const std::vector<model::ObjectName>& names, const advisor::Advice& advice,
                               const std::vector<HotspotStatement>& statements) {
  std::vector<std::string> all;
  std::vector<std::string> serving;
  for (const auto& recommendation : advice.recommendations) {
    if (std::ranges::find(names, recommendation.definition.table) == names.end()) continue;
    all.push_back(recommendation.id);
    const bool serves = std::ranges::any_of(recommendation.statements, [&](const auto& served) {
      return std::ranges::find(statements, served.query_id, &HotspotStatement::query_id) != statements.end();
    });
    if (serves) serving.push_back(recommendation.id);
  }
  return serving.empty() ? all : serving;
}

std::vector<advisor::PlannedRead> reads_of(const model::ObjectName& table, const advisor::Advice* advice) {
  std::vector<advisor::PlannedRead> own;
  if (advice == nullptr) return own;
  std::ranges::copy_if(advice->planned_reads, std::back_inserter(own),
                       [&](const advisor::PlannedRead& read) { return read.table == table; });
  return own;
}

/// Each execution reads it many times over.
void add_nested_loop(Hotspot& hotspot) {
  if (hotspot.statements.empty() || hotspot.table_size.value == 0) return;
  const auto& first = hotspot.statements.front();
  const double times = first.blocks_per_call * static_cast<double>(model::kBlockSize) /
                       static_cast<double>(hotspot.table_size.value);
  if (times < kNestedLoop) return;
  hotspot.reasons.push_back(fmt::format(
      "Each execution of statement {} touches {:.0f} times as many blocks as the table has: it may be "
      "the inner side of a nested loop.",
      first.query_id, times));
}

Hotspot describe(const model::HotspotTracker& tracker, const Knowledge& knowledge) {
  Hotspot hotspot;
  hotspot.table = tracker.table;
  hotspot.state = tracker.state;
  hotspot.since = tracker.since;
  hotspot.last_seen = tracker.last_hot;
  hotspot.bytes_per_second = tracker.rate;
  if (tracker.state == HotspotState::kNew) hotspot.usual_bytes_per_second = tracker.usual;
  add_last_day(hotspot, knowledge);
  hotspot.table_size = {pages_of(tracker.table, knowledge) * model::kBlockSize};
  const auto reads = reads_of(tracker.table, knowledge.advice);
  const auto names = lineage(tracker.table, knowledge.snapshot);
  const auto keys = keys_of(names, knowledge.foreign_keys);
  hotspot.statements = statements_of(tracker.table, knowledge, reads);
  if (knowledge.advice) hotspot.recommendations = cures(names, *knowledge.advice, hotspot.statements);
  const auto details = knowledge.details.find(tracker.table);
  auto cause = cause_of({hotspot.statements, reads, keys, !hotspot.recommendations.empty(),
                         details == knowledge.details.end() ? std::nullopt : std::optional(details->second),
                         knowledge.snapshot, tracker.table});
  hotspot.cause = cause.cause;
  hotspot.reasons = std::move(cause.reasons);
  hotspot.foreign_keys = std::move(cause.foreign_keys);
  add_nested_loop(hotspot);
  return hotspot;
}

}  // namespace

std::vector<Hotspot> hotspots(const Knowledge& knowledge) {
  std::vector<Hotspot> list;
  for (const auto& tracker : knowledge.history.trackers) {
    if (!is_shown(tracker, knowledge.now)) continue;
    auto hotspot = describe(tracker, knowledge);
    if (hotspot.cause != HotspotCause::kMostRowsNeeded) list.push_back(std::move(hotspot));
  }
  std::ranges::stable_sort(list, std::less{}, [](const Hotspot& hotspot) {
    return std::tuple(hotspot.state == HotspotState::kResolved, -hotspot.bytes_read.value);
  });
  return list;
}

}  // namespace pgadvisor::hotspots
