#include "daemon/metrics/delivery_families.hpp"

namespace pgadvisor::daemon::metrics {
namespace {

double seconds_of(model::Timestamp time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

}  // namespace

void add_reports(Families& families, const KeptReports& reports) {
  std::vector<Series> series;
  // Those that an alert waits for are there with 0 as well.
  for (const auto& channel : reports.channels) {
    for (const auto state : {DeliveryState::kPending, DeliveryState::kDead}) {
      series.push_back({{{"channel", channel}, {"state", std::string(to_string(state))}},
                        static_cast<double>(undelivered(reports, channel, state))});
    }
  }
  families.gauge("pgadvisor_weekly_reports_undelivered",
                 "Weekly reports that did not arrive since the last one that did: pending, or dead letters",
                 std::move(series));
  if (!reports.items.empty()) {
    families.gauge("pgadvisor_weekly_report_last_timestamp_seconds", "When the last weekly report was made",
                   seconds_of(reports.items.front()->made_at));
  }
  if (reports.next_at) {
    families.gauge("pgadvisor_weekly_report_next_timestamp_seconds", "When the next weekly report is due",
                   seconds_of(*reports.next_at));
  }
}

}  // namespace pgadvisor::daemon::metrics
