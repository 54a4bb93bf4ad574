#include "daemon/report_rows.hpp"

#include <utility>

namespace pgadvisor::daemon {

history::DeliveryRow to_row(const Delivery& delivery) {
  return {delivery.channel,  std::string(to_string(delivery.state)),
          delivery.attempts, delivery.since,
          delivery.next_at,  delivery.delivered_at,
          delivery.trouble};
}

history::ReportRow to_row(const KeptReport& report) {
  history::ReportRow row{report.id,
                         report.window.from,
                         report.window.to,
                         report.made_at,
                         report.subject,
                         report.summary,
                         report.json,
                         report.html,
                         report.markdown,
                         report.sql,
                         {}};
  for (const auto& delivery : report.deliveries) row.deliveries.push_back(to_row(delivery));
  return row;
}

KeptReport from_row(history::ReportRow row) {
  KeptReport report{std::move(row.id),
                    {row.from, row.to},
                    row.made_at,
                    std::move(row.subject),
                    std::move(row.summary),
                    std::move(row.json),
                    std::move(row.html),
                    std::move(row.markdown),
                    std::move(row.sql),
                    {}};
  for (auto& delivery : row.deliveries) {
    report.deliveries.push_back({std::move(delivery.channel),
                                 delivery_state_of(delivery.state).value_or(DeliveryState::kDead),
                                 delivery.attempts, delivery.since, delivery.next_at, delivery.delivered_at,
                                 std::move(delivery.trouble)});
  }
  return report;
}

}  // namespace pgadvisor::daemon
