#include "advisor/hotspots/baseline.hpp"

#include "tests/unit/advisor/hotspots/watched_weeks.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::hotspots {
namespace {

using model::Timestamp;
using std::chrono::hours;

std::vector<model::WatchedHour> watched(Timestamp from, Timestamp to) {
  std::vector<model::WatchedHour> all;
  for (auto hour = from; hour < to; hour += hours(1)) all.push_back({hour, hours(1)});
  return all;
}

model::ReadHour peak(Timestamp hour, double value) {
  model::ReadHour read;
  read.hour = hour;
  read.peak = value;
  return read;
}

TEST(MiddleOf, IsNotMovedByASingleOutlier) {
  const auto middle = middle_of({10, 12, 11, 9, 1000});
  EXPECT_DOUBLE_EQ(middle.median, 11);
  EXPECT_DOUBLE_EQ(middle.deviation, 1);
  EXPECT_DOUBLE_EQ(middle_of({4, 8}).median, 6);
  EXPECT_DOUBLE_EQ(middle_of({}).median, 0);
}

TEST(BaselineOf, IsNotKnownBeforeSevenDays) {
  const auto at = monday(kWeek - 1h);
  EXPECT_FALSE(baseline({}, watched(monday(), at), at, Familiar::kNo));
  const auto later = monday(kWeek);
  EXPECT_TRUE(baseline({}, watched(monday(), later), later, Familiar::kNo));
}

TEST(BaselineOf, IsNotKnownWhenLessThanHalfOfTheLastWeekWasWatched) {
  auto hours_watched = watched(monday(), monday(kWeek));
  const auto now = watched(monday(2 * kWeek - 80h), monday(2 * kWeek));
  hours_watched.insert(hours_watched.end(), now.begin(), now.end());
  EXPECT_FALSE(baseline({}, hours_watched, monday(2 * kWeek), Familiar::kNo));
}

TEST(BaselineOf, TakesTheMedianOfTheSameHourOfEarlierWeeks) {
  const auto at = monday(5 * kWeek + 10h);
  std::vector<model::ReadHour> read;
  for (int week = 0; week < 5; ++week) {
    read.push_back(peak(monday(week * kWeek + 10h), 100.0 + week));
    read.push_back(peak(monday(week * kWeek + 15h), 9999));  // another hour
  }
  const auto usual = baseline(read, watched(monday(), at), at, Familiar::kNo);
  ASSERT_TRUE(usual);
  EXPECT_DOUBLE_EQ(usual->usual, 102);
  EXPECT_DOUBLE_EQ(usual->enter, 510);
  EXPECT_DOUBLE_EQ(usual->leave, 204);
}

TEST(BaselineOf, IsWiderWhereTheHourVaries) {
  const auto at = monday(3 * kWeek + 10h);
  const std::vector<model::ReadHour> read{peak(monday(10h), 10), peak(monday(kWeek + 10h), 20),
                                          peak(monday(2 * kWeek + 10h), 200)};
  // Median 20, MAD 10.
  EXPECT_DOUBLE_EQ(baseline(read, watched(monday(), at), at, Familiar::kNo)->enter, 100);
  const std::vector<model::ReadHour> wider{peak(monday(10h), 1), peak(monday(kWeek + 10h), 20),
                                           peak(monday(2 * kWeek + 10h), 200)};
  EXPECT_DOUBLE_EQ(baseline(wider, watched(monday(), at), at, Familiar::kNo)->enter, 20 + 5 * 1.4826 * 19);
}

TEST(BaselineOf, LeavesOutHoursThatMaintenanceObscured) {
  const auto at = monday(2 * kWeek + 10h);
  auto obscured = peak(monday(kWeek + 10h), 0);
  obscured.obscured = 50min;
  const std::vector<model::ReadHour> read{peak(monday(10h), 100), obscured};
  EXPECT_DOUBLE_EQ(baseline(read, watched(monday(), at), at, Familiar::kNo)->usual, 100);
}

TEST(BaselineOf, LooksAtYesterdayForWhatIsKnownRecently) {
  const auto at = monday(2 * kWeek + 10h);
  const std::vector<model::ReadHour> read{peak(at - 24h, 100)};
  EXPECT_DOUBLE_EQ(baseline(read, watched(monday(), at), at, Familiar::kNo)->enter, 0);
  EXPECT_DOUBLE_EQ(baseline(read, watched(monday(), at), at, Familiar::kYes)->enter, 0);
  EXPECT_DOUBLE_EQ(baseline(read, watched(monday(), at), at, Familiar::kRecently)->enter, 500);
}

}  // namespace
}  // namespace pgadvisor::hotspots
