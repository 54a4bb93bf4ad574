#include "collectors/history/statement_rows.hpp"
#include "collectors/history/statement_store.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::history {

namespace {

/// Statements of one database by name, whatever OIDs it had. `?1` is the name.
constexpr const char* kOfDatabase =
    "statement s JOIN database_oid o ON o.server = s.server AND o.oid = s.database_oid "
    "JOIN database d ON d.id = o.database WHERE d.name = ?1";

}  // namespace

StatementStore::TotalsById StatementStore::totals(std::int64_t slice) {
  TotalsById totals;
  Statement rows = database_.prepare(
      fmt::format("SELECT statement, partial, {} FROM statement_delta WHERE slice >= ?", kCounters));
  rows.bind(1, slice);
  while (rows.step()) {
    Totals& sum = totals[rows.integer(0)];
    sum.partial = sum.partial || rows.integer(1) != 0;
    sum.counters += read_counters(rows, 2);
  }
  return totals;
}

/// Adds what had been counted before the first poll: where it all falls into the window, or all of it.
/// Returns since when those counters speak; the epoch when nobody knows.
std::optional<model::Timestamp> StatementStore::add_baselines(const std::string& database,
                                                              model::Timestamp from, bool all,
                                                              TotalsById& totals) {
  std::optional<model::Timestamp> earliest;
  Statement rows = database_.prepare(fmt::format(
      "SELECT b.statement, b.since, {} FROM statement_baseline b WHERE b.statement IN (SELECT s.id FROM {}) "
      "AND (?2 OR b.since >= ?3)",
      kCounters, kOfDatabase));
  rows.bind(1, std::string_view(database)).bind(2, std::int64_t{all}).bind(3, to_microseconds(from));
  while (rows.step()) {
    const auto since = optional_time(rows, 1).value_or(model::Timestamp{});
    earliest = std::min(earliest.value_or(since), since);
    totals[rows.integer(0)].counters += read_counters(rows, 2);
  }
  return earliest;
}

StatementStore::EntriesById StatementStore::entries(const std::string& database) {
  EntriesById entries;
  Statement rows = database_.prepare(fmt::format(
      "SELECT s.database_oid, s.user_oid, s.query_id, s.toplevel, s.id, s.text_state, s.text FROM {}",
      kOfDatabase));
  rows.bind(1, std::string_view(database));
  while (rows.step()) {
    const auto state = static_cast<TextState>(rows.integer(5));
    const bool workload = state != TextState::kOwn && state != TextState::kUtility;
    entries[rows.integer(4)] = {read_key(rows, 0), workload, state == TextState::kUtility, rows.text(6)};
  }
  return entries;
}

std::int64_t StatementStore::evictions(const std::string& database, std::int64_t slice) {
  Statement row = database_.prepare(
      "SELECT sum(e.statements) FROM eviction e JOIN database_oid o ON o.server = e.server "
      "AND o.oid = e.database_oid JOIN database d ON d.id = o.database WHERE d.name = ? AND e.slice >= ?");
  row.bind(1, std::string_view(database)).bind(2, slice);
  return row.step() ? row.integer(0) : 0;
}

double StatementStore::active_milliseconds(const std::string& database, std::int64_t slice) {
  Statement row = database_.prepare(
      "SELECT sum(a.milliseconds) FROM active_time a JOIN database d ON d.id = a.database "
      "WHERE d.name = ? AND a.slice >= ?");
  row.bind(1, std::string_view(database)).bind(2, slice);
  return row.step() ? row.real(0) : 0;
}

void StatementStore::add_activity(const std::string& database, model::Timestamp from, std::int64_t slice,
                                  model::DatabaseActivity& activity) {
  const auto source = servers_.source(kAllStatements);
  if (!source) return;
  const EntriesById known = entries(database);
  TotalsById sums = totals(slice);
  std::erase_if(sums, [&](const auto& sum) { return !known.contains(sum.first); });
  const bool nothing_known =
      std::none_of(sums.begin(), sums.end(), [&](const auto& sum) { return known.at(sum.first).workload; });
  const auto since = add_baselines(database, from, nothing_known, sums);
  const auto first_known = std::max(source->first_poll, model::Timestamp(std::chrono::seconds(slice)));
  activity.window = {std::min(since.value_or(first_known), first_known), source->last_poll};
  double milliseconds = 0;
  for (const auto& [id, sum] : sums) {
    const Entry& entry = known.at(id);
    milliseconds += sum.counters.total_time.count();
    if (entry.utility && sum.counters.calls > 0) {
      activity.utility_time += sum.counters.total_time;
      ++activity.utility_statements;
    }
    if (entry.workload) activity.statements.push_back({entry.key, entry.text, sum.counters, sum.partial});
  }
  activity.evictions = evictions(database, slice);
  if (since) return;  // the database's active time before the first poll is not known
  const double active = active_milliseconds(database, slice);
  if (active > 0) activity.coverage = std::min(1.0, milliseconds / active);
}

}  // namespace pgadvisor::history
