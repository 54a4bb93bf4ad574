#include "daemon/text.hpp"

#include "collectors/sql/quote.hpp"
#include "daemon/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace pgadvisor::daemon::text {
namespace {

using log::printable;

/// Statements shown for each index; all of them are in the JSON.
constexpr std::size_t kStatementsShown = 3;
constexpr std::size_t kQueryLength = 100;

std::string percent_fall(double before, double after) {
  if (before <= 0) return "0 %";
  return fmt::format("{:.1f} %", 100 * (before - after) / before);
}

std::string coverage(const advisor::TimeCoverage& coverage) {
  const double total = std::max(1e-9, coverage.total.count());
  auto text = fmt::format("Statement time seen: {}, {:.1f} % of it analysed.", pretty(coverage.total),
                          100 * coverage.analysed.count() / total);
  std::vector<std::string> rest;
  for (const auto& entry : coverage.rest) {
    rest.push_back(
        fmt::format("{} {:.1f} % ({})", entry.reason, 100 * entry.time.count() / total, entry.statements));
  }
  if (!rest.empty()) text += fmt::format(" Not analysed: {}.", fmt::join(rest, ", "));
  if (coverage.evictions > 0) {
    text += fmt::format(" pg_stat_statements dropped {} statements: pg_stat_statements.max is too low.",
                        coverage.evictions);
  }
  return text + "\n";
}

std::string head(const advisor::Advice& advice) {
  auto text = fmt::format(
      "Database {} (PostgreSQL {}), planned by a sandbox of PostgreSQL {}: {} of {} statements, "
      "{} planner calls, {:.1f} s.\n",
      printable(advice.database), version(advice.server_version), version(advice.sandbox_version),
      advice.analysed, advice.statements, advice.planner_calls, advice.seconds);
  if (advice.coverage) text += coverage(*advice.coverage);
  if (advice.recommendations.empty()) {
    return text + "\nNo index helps this workload enough: its cost stays as it is. Nothing to do.\n";
  }
  text += fmt::format(
      "\n{} index{} of {} together take {} off the workload's planner cost (the best set of as many "
      "candidates could take {}).\n",
      advice.recommendations.size(), advice.recommendations.size() == 1 ? "" : "es", pretty(advice.size),
      percent_fall(advice.cost_before, advice.cost_after),
      percent_fall(advice.cost_before, advice.cost_bound));
  if (advice.saved_per_day) {
    text += fmt::format("That saves {} of database time a day.\n", pretty(*advice.saved_per_day));
  }
  return text;
}

std::string statement_lines(const advisor::Recommendation& recommendation) {
  std::string text;
  const auto shown = std::min(kStatementsShown, recommendation.statements.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& statement = recommendation.statements[i];
    text += fmt::format("     {:>12.2f} -> {:<12.2f} {}\n", statement.cost_before.value,
                        statement.cost_after.value, shortened(statement.query));
  }
  if (recommendation.statements.size() > shown) {
    text += fmt::format("     and {} more statements\n", recommendation.statements.size() - shown);
  }
  return text;
}

std::string entry(std::size_t number, const advisor::Recommendation& recommendation) {
  auto text =
      fmt::format("\n{:>2}. {};\n     {}, {}, confidence {}, id {}\n", number, printable(recommendation.ddl),
                  fmt::join(recommendation.kinds, " "), pretty(recommendation.size),
                  advisor::to_string(recommendation.confidence), recommendation.id);
  if (recommendation.benefit_per_day) {
    text += fmt::format("     saves {} a day\n", pretty(*recommendation.benefit_per_day));
  }
  for (const auto& reason : recommendation.reasons) text += fmt::format("     - {}\n", printable(reason));
  text += statement_lines(recommendation);
  for (const auto& replaced : recommendation.replaces) {
    text += fmt::format("     then: {}; frees {}\n", printable(replaced.ddl), pretty(replaced.size));
  }
  return text + fmt::format("     back: {};\n", printable(recommendation.rollback));
}

std::string findings(const std::vector<advisor::Finding>& findings) {
  if (findings.empty()) return {};
  std::string text = "\nAlso seen:\n";
  for (const auto& finding : findings) {
    const auto where = finding.object.empty() ? finding.query_id : finding.object;
    text +=
        fmt::format(" - {}{}{}\n", printable(where), where.empty() ? "" : ": ", printable(finding.message));
  }
  return text;
}

}  // namespace

std::string shortened(const std::string& query) {
  std::string line;
  for (const char byte : query) {
    const bool space = byte == '\n' || byte == '\t' || byte == '\r' || byte == ' ';
    if (!space) line += byte;
    if (space && !line.empty() && line.back() != ' ') line += ' ';
  }
  if (line.size() > kQueryLength) {
    auto end = kQueryLength;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U)
      --end;  // not within a UTF-8 character
    line = line.substr(0, end) + "...";
  }
  return printable(line);
}

std::string version(int number) {
  return fmt::format("{}.{}", number / 10000, number % 10000);
}

std::string pretty(model::Bytes bytes) {
  constexpr std::array kUnits{"bytes", "kB", "MB", "GB", "TB", "PB"};
  auto value = static_cast<double>(bytes.value);
  std::size_t unit = 0;
  while (std::abs(value) >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return unit == 0 || value >= 10 ? fmt::format("{:.0f} {}", value, kUnits[unit])
                                  : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string pretty(model::Milliseconds time) {
  struct Unit {
    double milliseconds;
    const char* name;
  };
  constexpr std::array<Unit, 4> kUnits{
      {{86400e3, "days"}, {3600e3, "hours"}, {60e3, "minutes"}, {1e3, "seconds"}}};
  for (const auto& unit : kUnits) {
    const double value = time.count() / unit.milliseconds;
    if (std::abs(value) >= 2)
      return fmt::format("{:.{}f} {}", value, std::abs(value) >= 10 ? 0 : 1, unit.name);
  }
  return fmt::format("{:.0f} ms", time.count());
}

std::string as_text(const advisor::Advice& advice) {
  auto text = head(advice);
  for (std::size_t i = 0; i < advice.recommendations.size(); ++i)
    text += entry(i + 1, advice.recommendations[i]);
  return text + not_proposed(advice) + findings(advice.findings);
}

std::string as_text(const WhatifAnswer& answer) {
  auto text = fmt::format("Database {} (PostgreSQL {}), planned by a sandbox of PostgreSQL {}.\n",
                          printable(answer.database), version(answer.server_version),
                          version(answer.sandbox_version));
  for (const auto& index : answer.indexes) {
    text += fmt::format("Index ON {}: {}, {} levels below its root\n",
                        printable(sql::describe(index.definition)), pretty(index.size), index.tree_height);
  }
  for (const auto& limitation : answer.limitations) text += fmt::format("Note: {}\n", printable(limitation));
  for (const auto& statement : answer.statements) {
    text += fmt::format("\n{}: {}\n", printable(statement.query_id), shortened(statement.query));
    if (answer.indexes.empty()) {
      text += fmt::format("cost {:.2f}\n{}", statement.cost_before.value, plan_tree(statement.plan_before));
      continue;
    }
    text += fmt::format("cost {:.2f} -> {:.2f} ({} less)\nbefore:\n{}after:\n{}", statement.cost_before.value,
                        statement.cost_after.value,
                        percent_fall(statement.cost_before.value, statement.cost_after.value),
                        plan_tree(statement.plan_before), plan_tree(statement.plan_after));
  }
  return text;
}

}  // namespace pgadvisor::daemon::text
