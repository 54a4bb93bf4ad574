#include "daemon/metrics/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::daemon::metrics {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::shared_ptr<const KeptReport> report_with(DeliveryState mail) {
  auto report = std::make_shared<KeptReport>();
  report->made_at = model::Timestamp(std::chrono::seconds(1'700'000'000));
  report->deliveries = {{.channel = "mail", .state = mail}};
  return report;
}

std::string exposed(const KeptReports& reports) {
  return Metrics().expose({}, {}, {}, reports);
}

TEST(DeliveryMetrics, CountLettersThatDidNotArriveByChannel) {
  const auto text = exposed({{report_with(DeliveryState::kDead), report_with(DeliveryState::kDead),
                              report_with(DeliveryState::kDelivered), report_with(DeliveryState::kDead)},
                             {"mail", "webhook"},
                             model::Timestamp(std::chrono::seconds(1'700'600'000))});
  for (const char* line : {"pgadvisor_weekly_reports_undelivered{channel=\"mail\",state=\"dead\"} 2\n",
                           "pgadvisor_weekly_reports_undelivered{channel=\"mail\",state=\"pending\"} 0\n",
                           "pgadvisor_weekly_reports_undelivered{channel=\"webhook\",state=\"dead\"} 0\n",
                           "pgadvisor_weekly_report_last_timestamp_seconds 1700000000\n",
                           "pgadvisor_weekly_report_next_timestamp_seconds 1700600000\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(DeliveryMetrics, SayNothingOfWhatIsNotConfigured) {
  const auto text = exposed({});
  EXPECT_THAT(text, Not(HasSubstr("pgadvisor_weekly_reports_undelivered{")));
  EXPECT_THAT(text, Not(HasSubstr("pgadvisor_weekly_report_last_timestamp_seconds")));
}

}  // namespace
}  // namespace pgadvisor::daemon::metrics
