#include "advisor/workload/workload.hpp"
#include "collectors/sql/statement_text.hpp"

#include <algorithm>
#include <unordered_map>

namespace pgadvisor::workload {
namespace {

/// The check behind a foreign key (ri_triggers.c) shows up as a statement of its own under track = all. It is
/// already counted as a part of the DELETE or UPDATE that fires it.
bool is_foreign_key_check(const model::StatementActivity& entry) {
  return !entry.key.toplevel && entry.text.find("FROM ONLY") != std::string::npos &&
         entry.text.find("FOR KEY SHARE OF x") != std::string::npos;
}

std::string decimal(model::QueryId id) { return std::to_string(static_cast<std::int64_t>(id)); }

Statement to_statement(const model::StatementActivity& entry, const sql::RedactedStatement& redacted) {
  Statement statement;
  statement.id = decimal(entry.key.query_id);
  statement.query = redacted.text;
  statement.text = redacted.text;
  statement.calls = static_cast<double>(entry.counters.calls);
  statement.time = entry.counters.total_time;
  statement.rows_per_call = static_cast<double>(entry.counters.rows) / std::max(1.0, statement.calls);
  return statement;
}

void add(Statement& sum, const Statement& other) {
  const double rows = *sum.rows_per_call * sum.calls + *other.rows_per_call * other.calls;
  sum.calls += other.calls;
  *sum.time += *other.time;
  sum.rows_per_call = rows / std::max(1.0, sum.calls);
}

}  // namespace

Workload from_activity(const model::DatabaseActivity& activity) {
  Workload workload;
  workload.window = activity.window;
  for (const auto& table : activity.tables) workload.writes[table.table] = table.counters;

  auto entries = activity.statements;
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return a.counters.total_time != b.counters.total_time ? a.counters.total_time > b.counters.total_time
                                                          : a.key.query_id < b.key.query_id;
  });
  std::unordered_map<std::string, std::size_t> by_fingerprint;
  for (const auto& entry : entries) {
    if (entry.counters.calls <= 0 || is_foreign_key_check(entry)) continue;
    if (entry.text.empty()) {
      workload.skipped.push_back({decimal(entry.key.query_id), "its text is not known (evicted before it was read, or "
                                                               "not readable by this role)"});
      continue;
    }
    const auto redacted = sql::redact(entry.text);
    if (!redacted) {
      workload.skipped.push_back({decimal(entry.key.query_id), redacted.error().message});
      continue;
    }
    if (redacted->utility) continue;
    const auto statement = to_statement(entry, *redacted);
    const auto [known, fresh] = by_fingerprint.try_emplace(redacted->fingerprint, workload.statements.size());
    if (fresh) {
      workload.statements.push_back(statement);
    } else {
      add(workload.statements[known->second], statement);
    }
  }
  std::stable_sort(workload.statements.begin(), workload.statements.end(),
                   [](const auto& a, const auto& b) { return *a.time > *b.time; });
  return workload;
}

}  // namespace pgadvisor::workload
