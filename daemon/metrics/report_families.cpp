#include "daemon/metrics/report_families.hpp"

#include "collectors/sql/quote.hpp"
#include "daemon/metrics/coverage_families.hpp"
#include "daemon/metrics/hotspot_families.hpp"
#include "daemon/metrics/index_families.hpp"

#include <functional>
#include <optional>
#include <string>

namespace pgadvisor::daemon::metrics {
namespace {

using advisor::Advice;
using advisor::DatabaseReport;
using advisor::Recommendation;
using advisor::Report;

std::vector<Series> per_database(const Report& report, const std::function<double(const Advice&)>& value) {
  std::vector<Series> series;
  for (const DatabaseReport& database : report.databases) {
    series.push_back({{{"database", database.advice.database}}, value(database.advice)});
  }
  return series;
}

std::vector<Series> per_recommendation(
    const Report& report, const std::function<std::optional<double>(const Recommendation&)>& value) {
  std::vector<Series> series;
  for (const DatabaseReport& database : report.databases) {
    for (const Recommendation& recommendation : database.advice.recommendations) {
      if (const auto known = value(recommendation)) series.push_back({{{"id", recommendation.id}}, *known});
    }
  }
  return series;
}

void add_workload(Families& families, const Report& report) {
  std::vector<Series> statements;
  for (const DatabaseReport& database : report.databases) {
    const Advice& advice = database.advice;
    statements.push_back(
        {{{"database", advice.database}, {"state", "analysed"}}, static_cast<double>(advice.analysed)});
    statements.push_back(
        {{{"database", advice.database}, {"state", "skipped"}}, static_cast<double>(advice.skipped.size())});
  }
  families.gauge("pgadvisor_workload_statements",
                 "Statements of the last advice's workload by what became of them", std::move(statements));
  families.gauge("pgadvisor_workload_cost_before", "Weighted cost of the workload as it is",
                 per_database(report, [](const Advice& advice) { return advice.cost_before; }));
  families.gauge("pgadvisor_workload_cost_after", "Weighted cost of the workload with all recommendations",
                 per_database(report, [](const Advice& advice) { return advice.cost_after; }));
  families.gauge("pgadvisor_workload_cost_bound",
                 "Proven lower bound of the workload's cost under the candidates considered",
                 per_database(report, [](const Advice& advice) { return advice.cost_bound; }));
}

void add_advice(Families& families, const Report& report) {
  families.gauge("pgadvisor_advice_seconds", "How long the last advice took",
                 per_database(report, [](const Advice& advice) { return advice.seconds; }));
  families.gauge("pgadvisor_advice_planner_seconds",
                 "Time of the last advice spent in the sandbox's planner, its sessions together",
                 per_database(report, [](const Advice& advice) { return advice.planner_seconds; }));
  families.gauge(
      "pgadvisor_advice_planner_calls", "Calls of the sandbox's planner in the last advice",
      per_database(report, [](const Advice& advice) { return static_cast<double>(advice.planner_calls); }));
  families.gauge(
      "pgadvisor_findings", "Findings that are no index recommendation",
      per_database(report, [](const Advice& advice) { return static_cast<double>(advice.findings.size()); }));
  families.gauge("pgadvisor_recommendations", "Indexes recommended",
                 per_database(report, [](const Advice& advice) {
                   return static_cast<double>(advice.recommendations.size());
                 }));
}

void add_recommendations(Families& families, const Report& report) {
  std::vector<Series> info;
  for (const DatabaseReport& database : report.databases) {
    for (const Recommendation& recommendation : database.advice.recommendations) {
      info.push_back({{{"id", recommendation.id},
                       {"database", database.advice.database},
                       {"table", sql::quote_name(recommendation.definition.table)},
                       {"index", recommendation.index_name}},
                      1});
    }
  }
  families.gauge("pgadvisor_recommendation_info", "Identity of a recommendation", std::move(info));
  families.gauge("pgadvisor_recommendation_size_bytes", "Predicted size of a recommended index",
                 per_recommendation(report, [](const Recommendation& recommendation) {
                   return static_cast<double>(recommendation.size.value);
                 }));
  families.gauge("pgadvisor_recommendation_benefit_ratio",
                 "Share of the workload's cost that a recommended index saves, 0 to 1",
                 per_recommendation(report, [](const Recommendation& r) { return r.benefit_share; }));
  families.gauge("pgadvisor_recommendation_saved_seconds",
                 "Time in the workload's window that a recommended index would have saved",
                 per_recommendation(report, [](const Recommendation& r) -> std::optional<double> {
                   if (!r.benefit_time) return std::nullopt;
                   return model::Seconds(*r.benefit_time).count();
                 }));
}

}  // namespace

void add_report(Families& families, const Report& report, const Status& status) {
  if (report.as_of != model::Timestamp{}) {
    families.gauge("pgadvisor_report_timestamp_seconds", "When the last advice was finished",
                   std::chrono::duration<double>(report.as_of.time_since_epoch()).count());
  }
  add_workload(families, report);
  add_coverage(families, report);
  add_advice(families, report);
  add_recommendations(families, report);
  add_indexes(families, report, status);
  add_members(families, report, status);
  add_hotspots(families, report, status);
}

}  // namespace pgadvisor::daemon::metrics
