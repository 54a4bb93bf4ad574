#include "config/cron.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::config {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono;
using namespace std::chrono_literals;

sys_seconds at(int y, unsigned m, unsigned d, int hour = 0, int minute = 0) {
  return sys_days(year(y) / month(m) / day(d)) + hours(hour) + minutes(minute);
}

Cron cron(const char* text) {
  return Cron::parse(text).value();
}

TimeZone zone(const char* name) {
  return TimeZone::find(name).value();
}

std::string fault(const char* text) {
  const auto parsed = Cron::parse(text);
  return parsed ? "" : model::to_string(parsed.error());
}

TEST(Cron, FindsTheNextTimeAfterButNotAtAMoment) {
  const auto monday = cron("0 7 * * mon");
  EXPECT_EQ(monday.next(at(2026, 11, 22, 12), {}), at(2026, 11, 23, 7));
  EXPECT_EQ(monday.next(at(2026, 11, 23, 6, 59), {}), at(2026, 11, 23, 7));
  EXPECT_EQ(monday.next(at(2026, 11, 23, 7), {}), at(2026, 11, 30, 7));
}

TEST(Cron, FindsTheLastTimeUpToAMoment) {
  const auto monday = cron("0 7 * * 1");
  EXPECT_EQ(monday.previous(at(2026, 11, 23, 6, 59), {}), at(2026, 11, 16, 7));
  EXPECT_EQ(monday.previous(at(2026, 11, 23, 7), {}), at(2026, 11, 23, 7));
  EXPECT_EQ(monday.previous(at(2026, 11, 25), {}), at(2026, 11, 23, 7));
}

TEST(Cron, TakesListsRangesStepsAndNames) {
  const auto busy = cron("5,*/20 9-10 * jan-mar/2 MON-fri");
  std::vector<sys_seconds> times;
  for (auto time = at(2026, 1, 2, 9, 30); times.size() < 6;) times.push_back(time = busy.next(time, {}));
  EXPECT_EQ(times,
            (std::vector<sys_seconds>{at(2026, 1, 2, 9, 40), at(2026, 1, 2, 10, 0), at(2026, 1, 2, 10, 5),
                                      at(2026, 1, 2, 10, 20), at(2026, 1, 2, 10, 40), at(2026, 1, 5, 9, 0)}));
  EXPECT_EQ(busy.next(at(2026, 1, 31), {}), at(2026, 3, 2, 9, 0));
  EXPECT_EQ(cron("50/5 0 * * *").next(at(2026, 1, 1, 0, 50), {}), at(2026, 1, 1, 0, 55));
  EXPECT_EQ(cron("50/2147483647 0 * * *").next(at(2026, 1, 1, 0, 50), {}), at(2026, 1, 2, 0, 50));
}

TEST(Cron, CallsSundayBothZeroAndSeven) {
  EXPECT_EQ(cron("0 0 * * 7").next(at(2026, 11, 25), {}), at(2026, 11, 29));
  EXPECT_EQ(cron("0 0 * * 0").next(at(2026, 11, 25), {}), at(2026, 11, 29));
  EXPECT_EQ(cron("0 0 * * 5-7").next(at(2026, 11, 28), {}), at(2026, 11, 29));
}

TEST(Cron, IsDueOnEitherDayWhereBothAreRestricted) {
  const auto either = cron("0 0 13 * fri");
  EXPECT_EQ(either.next(at(2026, 11, 7), {}), at(2026, 11, 13));
  EXPECT_EQ(either.next(at(2026, 11, 13), {}), at(2026, 11, 20));
  EXPECT_EQ(cron("0 0 */2 * fri").next(at(2026, 11, 7), {}), at(2026, 11, 13)) << "a step is no restriction";
}

TEST(Cron, WaitsForALeapDayAcrossACenturyWithoutOne) {
  EXPECT_EQ(cron("0 0 29 2 *").next(at(2096, 2, 29), {}), at(2104, 2, 29));
  EXPECT_EQ(cron("0 0 29 2 *").previous(at(2104, 2, 28), {}), at(2096, 2, 29));
}

TEST(Cron, FollowsTheTimeZoneThroughTheYear) {
  const auto morning = cron("0 7 * * *");
  const auto berlin = zone("Europe/Berlin");
  EXPECT_EQ(morning.next(at(2026, 1, 15), berlin), at(2026, 1, 15, 6));
  EXPECT_EQ(morning.next(at(2026, 7, 15), berlin), at(2026, 7, 15, 5));
  EXPECT_EQ(morning.next(at(2026, 7, 15), zone("Asia/Kathmandu")), at(2026, 7, 15, 1, 15));
  EXPECT_EQ(morning.next(at(2036, 7, 15), berlin), at(2036, 7, 15, 5));
}

TEST(Cron, IsDueWhenClocksSkipItsTime) {
  const auto berlin = zone("Europe/Berlin");  // on 2026-03-29, 02:00 becomes 03:00 at 01:00 UTC
  const auto night = cron("30 2 * * *");
  EXPECT_EQ(night.next(at(2026, 3, 28, 12), berlin), at(2026, 3, 29, 1));
  EXPECT_EQ(night.next(at(2026, 3, 29, 1), berlin), at(2026, 3, 30, 0, 30));
  EXPECT_EQ(night.previous(at(2026, 3, 29, 12), berlin), at(2026, 3, 29, 1));
}

TEST(Cron, IsDueOnceWhenClocksRepeatItsTime) {
  const auto berlin = zone("Europe/Berlin");  // on 2026-10-25, 03:00 becomes 02:00 at 01:00 UTC
  const auto night = cron("30 2 * * *");
  EXPECT_EQ(night.next(at(2026, 10, 24, 12), berlin), at(2026, 10, 25, 0, 30));
  EXPECT_EQ(night.next(at(2026, 10, 25, 0, 30), berlin), at(2026, 10, 26, 1, 30));
  EXPECT_EQ(night.previous(at(2026, 10, 25, 12), berlin), at(2026, 10, 25, 0, 30));
}

TEST(Cron, IsDueOnADayThatAZoneSkipsAtItsEnd) {
  const auto samoa = zone("Pacific/Apia");  // had no 30 December 2011
  EXPECT_EQ(cron("0 12 30 12 *").next(at(2011, 12, 29), samoa), at(2011, 12, 30, 10));
}

TEST(Cron, SaysWhichFieldIsWrong) {
  EXPECT_THAT(fault(""), HasSubstr("five fields"));
  EXPECT_THAT(fault("0 7 * * mon *"), HasSubstr("five fields"));
  EXPECT_THAT(fault("60 7 * * *"), HasSubstr("its minute is wrong"));
  EXPECT_THAT(fault("0 24 * * *"), HasSubstr("its hour is wrong"));
  EXPECT_THAT(fault("0 7 0 * *"), HasSubstr("its day of the month is wrong"));
  EXPECT_THAT(fault("0 7 * foo *"), HasSubstr("its month is wrong"));
  EXPECT_THAT(fault("0 7 * * 8"), HasSubstr("its day of the week is wrong"));
  for (const char* minute : {"5-3", "*/0", "1,,2", "-1", "1-2-3", "1/2/3", "a", "*5", "", "99999999999"}) {
    const auto text = fmt::format("{} 7 * * *", *minute == '\0' ? "," : minute);
    EXPECT_THAT(fault(text.c_str()), HasSubstr("its minute is wrong")) << text;
  }
}

TEST(Cron, RefusesADayThatNeverComes) {
  EXPECT_THAT(fault("0 0 30 2 *"), HasSubstr("no year has such a day"));
  EXPECT_THAT(fault("0 0 31 4,6,9,11 *"), HasSubstr("no year has such a day"));
  EXPECT_EQ(fault("0 0 30 2 mon"), "") << "Mondays in February come";
}

TEST(TimeZone, WritesTimesWithTheAbbreviationInForce) {
  const auto time = model::Timestamp(at(2026, 7, 1, 22, 30));
  EXPECT_EQ(TimeZone().text(time), "2026-07-01 22:30 UTC");
  EXPECT_EQ(zone("Europe/Berlin").text(time), "2026-07-02 00:30 CEST");
  EXPECT_EQ(zone("America/New_York").text(time), "2026-07-01 18:30 EDT");
}

TEST(TimeZone, KnowsOnlyWhatTheDatabaseKnows) {
  EXPECT_EQ(TimeZone::find("UTC")->name(), "UTC");
  EXPECT_EQ(TimeZone::find("Europe/Berlin")->name(), "Europe/Berlin");
  for (const char* name : {"", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "europe/berlin"}) {
    EXPECT_FALSE(TimeZone::find(name)) << name;
  }
}

}  // namespace
}  // namespace pgadvisor::config
