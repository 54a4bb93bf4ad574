#include "daemon/metrics/coverage_families.hpp"

#include <functional>
#include <optional>

namespace pgadvisor::daemon::metrics {
namespace {

using advisor::Advice;

std::vector<Series> where_known(const advisor::Report& report,
                                const std::function<std::optional<double>(const Advice&)>& value) {
  std::vector<Series> series;
  for (const auto& database : report.databases) {
    if (const auto known = value(database.advice))
      series.push_back({{{"database", database.advice.database}}, *known});
  }
  return series;
}

std::optional<double> of_active_time(const Advice& advice) {
  return advice.coverage ? advice.coverage->of_active_time : std::nullopt;
}

std::optional<double> analysed_share(const Advice& advice) {
  if (!advice.coverage || advice.coverage->total <= model::Milliseconds{}) return std::nullopt;
  return advice.coverage->analysed / advice.coverage->total;
}

std::optional<double> saved_per_day(const Advice& advice) {
  if (!advice.saved_per_day) return std::nullopt;
  return model::Seconds(*advice.saved_per_day).count();
}

}  // namespace

void add_coverage(Families& families, const advisor::Report& report) {
  families.gauge("pgadvisor_workload_coverage_ratio",
                 "Share of the time that sessions were active which the statements seen account for, 0 to 1",
                 where_known(report, of_active_time));
  families.gauge("pgadvisor_workload_analysed_ratio",
                 "Share of the time of the statements seen that was analysed, 0 to 1",
                 where_known(report, analysed_share));
  families.gauge("pgadvisor_workload_saved_seconds_per_day",
                 "Time a day that all recommendations together would save",
                 where_known(report, saved_per_day));
}

}  // namespace pgadvisor::daemon::metrics
