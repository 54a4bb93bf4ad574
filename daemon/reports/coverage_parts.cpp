#include "daemon/reports/parts.hpp"
#include "daemon/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace pgadvisor::daemon::reports {
namespace {

using daemon::text::pretty;
using daemon::text::version;

void add_sentence(Item& item, std::string sentence) {
  item.details.push_back({text(std::move(sentence))});
}

void add_statement_time(Item& item, const advisor::TimeCoverage& coverage) {
  const double total = std::max(1e-9, coverage.total.count());
  auto seen = fmt::format("{} of statement time seen, {:.1f} % of it analysed", pretty(coverage.total),
                          100 * coverage.analysed.count() / total);
  if (coverage.of_active_time)
    seen += fmt::format("; it is {:.1f} % of the time sessions were active", 100 * *coverage.of_active_time);
  add_sentence(item, seen);
  for (const auto& rest : coverage.rest) {
    add_sentence(item, fmt::format("not analysed: {} ({} statements, {:.1f} % of the time)", rest.reason,
                                   rest.statements, 100 * rest.time.count() / total));
  }
  if (coverage.evictions > 0) {
    add_sentence(item,
                 fmt::format("pg_stat_statements dropped {} statements: pg_stat_statements.max is too low",
                             coverage.evictions));
  }
}

/// What verdicts on the use of indexes rest upon.
void add_use(Item& item, const DatabaseLine& line, const WeeklyReport& report) {
  std::vector<std::string> verdicts;
  for (const auto& [verdict, count] : line.verdicts) verdicts.push_back(fmt::format("{} {}", count, verdict));
  if (verdicts.empty()) return;
  add_sentence(item, fmt::format("indexes by verdict: {}", fmt::join(verdicts, ", ")));
  if (line.use_window.from != line.use_window.to) {
    add_sentence(item, fmt::format("their use is known since {}, {:.1f} % of the time on every member",
                                   report.zone.text(line.use_window.from), 100 * line.use_coverage));
  }
  for (const auto& member : line.members) {
    if (member.watched) continue;
    add_sentence(item, fmt::format("member {} is not watched{}{}", member.name,
                                   member.trouble.empty() ? "" : ": ", member.trouble));
  }
}

Item database_item(const DatabaseLine& line, const WeeklyReport& report) {
  Item item{.title = {text("Database "), code(line.database)}};
  add_sentence(item,
               fmt::format("PostgreSQL {}, planned by a sandbox of PostgreSQL {}; the workload from {} to {}",
                           version(line.server_version), version(line.sandbox_version),
                           report.zone.text(line.window.from), report.zone.text(line.window.to)));
  add_sentence(item, fmt::format("{} of {} statements analysed", line.analysed, line.statements));
  if (line.coverage) add_statement_time(item, *line.coverage);
  for (const auto& [reason, count] : line.skipped) {
    add_sentence(item, fmt::format("{} left out: {}", count, reason));
  }
  if (line.cost_before > 0) {
    add_sentence(item, fmt::format("the proposals take {:.1f} % off the workload's planner cost; no set of "
                                   "candidates as large takes more than {:.1f} %",
                                   100 * (1 - line.cost_after / line.cost_before),
                                   100 * (1 - line.cost_bound / line.cost_before)));
  }
  add_use(item, line, report);
  for (const auto& limit : line.limits) add_sentence(item, limit);
  return item;
}

Item problem_item(const Problem& problem) {
  Item item{.title = {strong("Problem"), text(" (" + problem.component)}};
  if (!problem.database.empty()) {
    item.title.push_back(text(", database "));
    item.title.push_back(code(problem.database));
  }
  item.title.push_back(text("): " + problem.message));
  if (!problem.hint.empty()) item.details.push_back({text("fix: "), code(problem.hint)});
  return item;
}

}  // namespace

Section honesty(const WeeklyReport& report) {
  Section section{.heading = "What this report knows, and what it does not"};
  if (report.databases.empty()) {
    section.intro.push_back({text("No database was analysed yet: nothing can be said of what is needed.")});
  } else {
    section.intro.push_back({text("What is open, and what is said of indexes, is as of " +
                                  report.zone.text(report.advice_at) + ".")});
  }
  if (report.advice_at != model::Timestamp{} && report.advice_at < report.window.from) {
    section.intro.push_back(
        {strong("It is older than the time this report speaks of: no advice was worked out since.")});
  }
  for (const auto& event : report.events) section.intro.push_back({text(event)});
  section.intro.push_back({text(
      "Savings of open proposals are predicted from planner costs; those of what was done are measured, and "
      "only what is significant is claimed.")});
  for (const auto& database : report.databases) section.items.push_back(database_item(database, report));
  for (const auto& name : report.unheard) {
    section.items.push_back({.title = {text("Database "), code(name), text(": not analysed yet")}});
  }
  for (const auto& problem : report.problems) section.items.push_back(problem_item(problem));
  return section;
}

}  // namespace pgadvisor::daemon::reports
