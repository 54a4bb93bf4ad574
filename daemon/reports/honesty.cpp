#include "daemon/reports/sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace pgadvisor::daemon::reports {
namespace {

/// What each kind of history::Event means for the figures.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kMeanings{
    {{"statements_reset", "pg_stat_statements was reset: what had not been read before is not counted"},
     {"counters_reset", "counters of tables and indexes were reset: what had not been read is not counted"},
     {"evicted", "pg_stat_statements dropped statements: raise pg_stat_statements.max"},
     {"restarted", "the server was restarted"},
     {"failover", "another server took over: counters began anew"},
     {"gap", "counters were not read for longer than planned"}}};

std::vector<std::string> sentences(const std::vector<history::Event>& events, const model::Window& window) {
  std::map<std::string, int> times;
  for (const auto& event : events) {
    if (event.at >= window.from && event.at < window.to) ++times[event.kind];
  }
  std::vector<std::string> found;
  for (const auto& [kind, meaning] : kMeanings) {
    const auto seen = times.find(std::string(kind));
    if (seen == times.end()) continue;
    found.push_back(seen->second == 1 ? fmt::format("Once {}.", meaning)
                                      : fmt::format("{} times {}.", seen->second, meaning));
  }
  return found;
}

DatabaseLine line_of(const advisor::DatabaseReport& report) {
  const auto& advice = report.advice;
  DatabaseLine line;
  line.database = advice.database;
  line.server_version = advice.server_version;
  line.sandbox_version = advice.sandbox_version;
  line.window = advice.window;
  line.statements = advice.statements;
  line.analysed = advice.analysed;
  for (const auto& statement : advice.skipped) ++line.skipped[statement.reason];
  line.coverage = advice.coverage;
  line.cost_before = advice.cost_before;
  line.cost_after = advice.cost_after;
  line.cost_bound = advice.cost_bound;
  for (const auto& finding : advice.findings) {
    if (finding.kind == "left_out" || finding.kind == "limitation") line.limits.push_back(finding.message);
  }
  const auto& health = report.health;
  line.limits.insert(line.limits.end(), health.left_out.begin(), health.left_out.end());
  line.use_window = health.window;
  line.use_coverage = health.coverage;
  line.members = health.members;
  for (const auto& index : health.indexes) ++line.verdicts[index.verdict];
  return line;
}

}  // namespace

void add_honesty(WeeklyReport& report, const Material& material) {
  for (const auto& database : material.report.databases) report.databases.push_back(line_of(database));
  for (const auto& name : material.status.databases) {
    const bool heard =
        std::ranges::any_of(report.databases, [&](const auto& line) { return line.database == name; });
    if (!heard) report.unheard.push_back(name);
  }
  report.problems = material.status.problems;
  report.events = sentences(material.events, material.window);
}

}  // namespace pgadvisor::daemon::reports
