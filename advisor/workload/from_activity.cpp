#include "advisor/workload/workload.hpp"
#include "collectors/sql/statement_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <regex>
#include <unordered_map>

namespace pgadvisor::workload {
namespace {

/// The check behind a foreign key (ri_triggers.c) shows up as a statement of its own under track = all. It is
/// already counted as a part of the DELETE or UPDATE that fires it.
bool is_foreign_key_check(const model::StatementActivity& entry) {
  return !entry.key.toplevel && entry.text.find("FROM ONLY") != std::string::npos &&
         entry.text.find("FOR KEY SHARE OF x") != std::string::npos;
}

std::string decimal(model::QueryId id) {
  return std::to_string(static_cast<std::int64_t>(id));
}

/// The planner takes an unknown LIMIT for a tenth of the rows (planner.c:
/// preprocess_limit), which rules top-N plans out. Normalisation hides the number, but the rows it let
/// through per call were counted: a LIMIT at the very end of the text is planned with those.
std::string with_known_limit(const std::string& text, double rows_per_call) {
  static const std::regex kLimit(R"(\blimit\s+(\$\d+)(\s+offset\s+\$\d+)?\s*$)", std::regex::icase);
  const auto tail_start = text.size() - std::min<std::size_t>(text.size(), 100);
  const auto tail = text.substr(tail_start);
  std::smatch found;
  if (!std::regex_search(tail, found, kLimit)) return text;
  const auto at = tail_start + static_cast<std::size_t>(found.position(1));
  return text.substr(0, at) + fmt::format("{:.0f}", std::max(1.0, std::ceil(rows_per_call))) +
         text.substr(at + static_cast<std::size_t>(found.length(1)));
}

Statement to_statement(const model::StatementActivity& entry, const sql::RedactedStatement& redacted) {
  Statement statement;
  statement.id = decimal(entry.key.query_id);
  statement.query = redacted.text;
  statement.calls = static_cast<double>(entry.counters.calls);
  statement.time = entry.counters.total_time;
  statement.rows_per_call = static_cast<double>(entry.counters.rows) / std::max(1.0, statement.calls);
  statement.text = with_known_limit(redacted.text, *statement.rows_per_call);
  return statement;
}

SamplesByShape by_shape(const model::DatabaseActivity& activity) {
  SamplesByShape samples;
  for (const auto& slot : activity.samples) samples.emplace(slot.shape, &slot);
  return samples;
}

void add(Statement& sum, const Statement& other) {
  const double rows = *sum.rows_per_call * sum.calls + *other.rows_per_call * other.calls;
  sum.calls += other.calls;
  *sum.time += *other.time;
  sum.rows_per_call = rows / std::max(1.0, sum.calls);
}

/// Statements by time, the heaviest first.
std::vector<model::StatementActivity> sorted(std::vector<model::StatementActivity> entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return a.counters.total_time != b.counters.total_time ? a.counters.total_time > b.counters.total_time
                                                          : a.key.query_id < b.key.query_id;
  });
  return entries;
}

/// The statement's text, or why there is none to plan.
std::optional<sql::RedactedStatement> readable(const model::StatementActivity& entry, Workload& workload) {
  const auto skip = [&](const char* reason, std::string message) {
    workload.skipped.push_back({decimal(entry.key.query_id), std::move(message)});
    leave_out(*workload.coverage, reason, entry.counters.total_time);
    return std::nullopt;
  };
  if (entry.text.empty()) {
    return skip("unknown_text",
                "its text is not known (evicted before it was read, or not readable by this role)");
  }
  auto redacted = sql::redact(entry.text);
  if (!redacted) return skip("unparsable", redacted.error().message);
  if (!redacted->utility) return std::move(*redacted);
  leave_out(*workload.coverage, "utility", entry.counters.total_time);
  return std::nullopt;
}

}  // namespace

void leave_out(advisor::TimeCoverage& coverage, const std::string& reason, model::Milliseconds time,
               std::size_t statements) {
  auto entry = std::find_if(coverage.rest.begin(), coverage.rest.end(),
                            [&](const auto& known) { return known.reason == reason; });
  if (entry == coverage.rest.end()) entry = coverage.rest.insert(entry, {reason, 0, {}});
  entry->statements += statements;
  entry->time += time;
}

Workload from_activity(const model::DatabaseActivity& activity) {
  Workload workload;
  workload.window = activity.window;
  auto& coverage = workload.coverage.emplace();
  coverage.evictions = activity.evictions;
  coverage.of_active_time = activity.coverage;
  coverage.total = activity.utility_time;
  if (activity.utility_statements > 0) {
    leave_out(coverage, "utility", activity.utility_time, activity.utility_statements);
  }
  for (const auto& table : activity.tables) workload.writes[table.table] = table.counters;

  const auto samples = by_shape(activity);
  std::unordered_map<std::string, std::size_t> by_fingerprint;
  for (const auto& entry : sorted(activity.statements)) {
    if (entry.counters.calls <= 0 || is_foreign_key_check(entry)) continue;
    coverage.total += entry.counters.total_time;
    const auto redacted = readable(entry, workload);
    if (!redacted) continue;
    auto statement = to_statement(entry, *redacted);
    const auto [known, fresh] = by_fingerprint.try_emplace(redacted->fingerprint, workload.statements.size());
    if (fresh) {
      statement.parameters = sampled_values(statement.query, samples);
      workload.statements.push_back(std::move(statement));
    } else {
      add(workload.statements[known->second], statement);
    }
  }
  std::stable_sort(workload.statements.begin(), workload.statements.end(),
                   [](const auto& a, const auto& b) { return *a.time > *b.time; });
  return workload;
}

}  // namespace pgadvisor::workload
