#include "advisor/hotspots/readings.hpp"

#include "tests/unit/advisor/hotspots/watched_weeks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::hotspots {
namespace {

using advisor::HotspotReading;
using model::Timestamp;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

const model::ObjectName kItems{"public", "items"};

model::ReadHour read(const model::ObjectName& table, std::chrono::hours hour, double bytes,
                     model::Seconds obscured = {}) {
  model::ReadHour read;
  read.table = table;
  read.hour = monday(hour);
  read.bytes = bytes;
  read.obscured = obscured;
  return read;
}

WindowReads window(std::chrono::seconds from, std::chrono::seconds to, std::optional<double> rate) {
  return {{monday(from), monday(to)}, {{kOrders, rate}}};
}

auto is(std::chrono::seconds from, std::chrono::seconds to, std::optional<double> rate) {
  return ::testing::Truly([=](const HotspotReading& reading) {
    return reading.window.from == monday(from) && reading.window.to == monday(to) &&
           reading.bytes_per_second == rate;
  });
}

TEST(HotspotReadings, AreOfEachHourThatWasWatched) {
  const std::vector read_hours{read(kItems, 1h, 99), read(kOrders, 1h, 7200), read(kOrders, 4h, 1800)};
  const std::vector<model::WatchedHour> watched{{monday(1h), 1h}, {monday(2h), 1h}, {monday(4h), 30min}};
  EXPECT_THAT(readings(kOrders, read_hours, watched, {}),
              ElementsAre(is(1h, 2h, 2.0), is(2h, 3h, 0.0), is(4h, 5h, 1.0)));
}

TEST(HotspotReadings, AreNotKnownWhereOnlyMaintenanceWasSeenAndNoneWhereNobodyWatched) {
  const std::vector read_hours{read(kOrders, 1h, 900, 45min), read(kOrders, 2h, 0, 1h)};
  const std::vector<model::WatchedHour> watched{{monday(1h), 1h}, {monday(2h), 1h}, {monday(3h), 59s}};
  EXPECT_THAT(readings(kOrders, read_hours, watched, {}),
              ElementsAre(is(1h, 2h, 1.0), is(2h, 3h, std::nullopt)));
}

TEST(HotspotReadings, EndWithThoseOfRecentWindows) {
  const std::vector read_hours{read(kOrders, 1h, 1800 + 600, 5min)};
  const std::vector<model::WatchedHour> watched{{monday(1h), 40min}};
  const std::deque recent{window(1h + 30min, 1h + 35min, 2), window(1h + 35min, 1h + 40min, std::nullopt)};
  // 1,800 bytes in the 30 minutes before them.
  EXPECT_THAT(readings(kOrders, read_hours, watched, recent),
              ElementsAre(is(1h, 1h + 30min, 1.0), is(1h + 30min, 1h + 35min, 2.0),
                          is(1h + 35min, 1h + 40min, std::nullopt)));
  EXPECT_THAT(readings(kItems, {}, {}, recent),
              ElementsAre(is(1h + 30min, 1h + 35min, 0.0), is(1h + 35min, 1h + 40min, 0.0)));
}

TEST(HotspotReadings, OfAnHourThatRecentWindowsTookOverAreNone) {
  const std::vector<model::WatchedHour> watched{{monday(1h), 5min}};
  const std::deque recent{window(1h + 30min, 1h + 35min, 2)};
  EXPECT_THAT(readings(kOrders, {}, watched, recent), ElementsAre(is(1h + 30min, 1h + 35min, 2.0)));
}

TEST(HotspotReadings, LeaveOutHoursThatRecentWindowsCover) {
  const std::vector read_hours{read(kOrders, 1h, 600), read(kOrders, 2h, 600)};
  const std::vector<model::WatchedHour> watched{{monday(1h), 5min}, {monday(2h), 5min}};
  const std::deque recent{window(1h, 1h + 5min, 2), window(2h, 2h + 5min, 2)};
  EXPECT_THAT(readings(kOrders, read_hours, watched, recent),
              ElementsAre(is(1h, 1h + 5min, 2.0), is(2h, 2h + 5min, 2.0)));
}

TEST(HotspotReadings, OfAWindowAreWhatWasJudged) {
  Judgement judgement;
  EXPECT_EQ(reads_of({monday(0s), monday(1h)}, judgement), std::nullopt) << "a gap";
  judgement.changes.watched = {{monday(0s), 1h}};
  model::HotspotTracker tracker;
  tracker.table = kOrders;
  tracker.rate = 5;
  judgement.changes.trackers = {tracker};
  judgement.changes.read = {read(kItems, 0h, 0, 1h)};
  const auto reads = reads_of({monday(0s), monday(1h)}, judgement);
  ASSERT_TRUE(reads);
  EXPECT_THAT(reads->tables, ElementsAre(std::pair(kItems, std::optional<double>()),
                                         std::pair(kOrders, std::optional<double>(5))));
}

}  // namespace
}  // namespace pgadvisor::hotspots
