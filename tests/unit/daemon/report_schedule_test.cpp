#include "daemon/report_schedule.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::daemon {
namespace {

using namespace std::chrono;

/// Of March 2026: the 2nd is a Monday.
model::Timestamp at(int day_of_march, int hour) {
  return sys_days(year(2026) / 3 / day_of_march) + hours(hour);
}

const ReportSchedule kMondays({.schedule = "0 7 * * mon", .page_url = ""});

TEST(ReportSchedule, MakesTheFirstReportOnceItsTimeComesAndNoneForTheTimeBefore) {
  EXPECT_FALSE(kMondays.due({}, at(3, 12), at(8, 12)));
  const auto due = kMondays.due({}, at(3, 12), at(9, 7));
  ASSERT_TRUE(due);
  EXPECT_EQ(due->from, at(2, 7)) << "as long as the schedule's interval";
  EXPECT_EQ(due->to, at(9, 7));
}

TEST(ReportSchedule, MakesEachReportOnce) {
  EXPECT_FALSE(kMondays.due(at(9, 7), at(3, 12), at(9, 8)));
  EXPECT_FALSE(kMondays.due(at(9, 7), at(3, 12), at(16, 6)));
  const auto due = kMondays.due(at(9, 7), at(3, 12), at(16, 7));
  ASSERT_TRUE(due);
  EXPECT_EQ(due->from, at(9, 7));
}

TEST(ReportSchedule, MakesOneReportOfAllThatWereMissed) {
  const auto due = kMondays.due(at(2, 7), at(1, 0), at(27, 12));
  ASSERT_TRUE(due);
  EXPECT_EQ(due->from, at(2, 7)) << "nothing falls between two reports";
  EXPECT_EQ(due->to, at(23, 7));
}

TEST(ReportSchedule, GoesByTheClockOfItsTimeZone) {
  const ReportSchedule berlin({.schedule = "0 7 * * mon", .time_zone = "Europe/Berlin", .page_url = ""});
  EXPECT_EQ(berlin.next(at(24, 0)), at(30, 5)) << "summer time began on the 29th";
  EXPECT_EQ(berlin.next(at(17, 0)), at(23, 6));
}

TEST(ReportSchedule, MakesNoneWithoutASchedule) {
  const ReportSchedule none({.schedule = "", .page_url = ""});
  EXPECT_FALSE(none.due({}, {}, at(9, 7)));
  EXPECT_FALSE(none.next(at(9, 7)));
}

}  // namespace
}  // namespace pgadvisor::daemon
