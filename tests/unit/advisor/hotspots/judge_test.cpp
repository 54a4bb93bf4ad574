#include "advisor/hotspots/judge.hpp"

#include "advisor/hotspots/tracker.hpp"
#include "tests/unit/advisor/hotspots/watched_weeks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace pgadvisor::hotspots {
namespace {

using model::HotspotState;
using model::Timestamp;
using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// 20 full scans in five minutes: 5 MiB/s.
constexpr double kMuch = 20;

std::chrono::seconds time_of_day(Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>((time - monday()) % kDay);
}

std::chrono::hours day_of_week(Timestamp time) {
  return std::chrono::floor<std::chrono::days>((time - monday()) % kWeek);
}

/// Every night from 02:00 for so long.
WatchedWeeks::Load nightly(std::chrono::minutes length, std::chrono::minutes start = 120min) {
  return [=](const std::string&, Timestamp from) {
    const auto time = time_of_day(from);
    return time >= start && time < start + length ? kMuch : 0;
  };
}

double nothing(const std::string&, Timestamp) {
  return 0;
}

double always(const std::string&, Timestamp) {
  return kMuch;
}

TEST(Hotspots, AreKnownButNotNewUntilSevenDaysWereWatched) {
  WatchedWeeks weeks({"orders"});
  weeks.run(monday(kDay), nothing);
  weeks.run(monday(3 * kWeek), always);
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("1 00:15 known"));
}

TEST(Hotspots, AreNewBeforeThatWhereNothingWasReadForAsLongAsLearningTakes) {
  const auto deployed = [](const std::string& table, Timestamp from) {
    return table == "orders" && from >= monday(10h) ? kMuch : 0;
  };
  for (const auto& [learning, transition] : {std::pair{10h, "0 10:15 new"}, {11h, "0 10:15 known"}}) {
    WatchedWeeks weeks({"orders"});
    weeks.learning = learning;
    weeks.run(monday(kDay), deployed);
    EXPECT_THAT(weeks.transitions("orders"), ElementsAre(transition));
  }
}

TEST(Hotspots, AreNotNewInTheFirstWeekWhereSomethingWasReadBefore) {
  WatchedWeeks weeks({"orders"});
  weeks.learning = 10h;
  weeks.run(monday(5min), always);
  weeks.run(monday(12h), nothing);
  weeks.run(monday(13h), always);
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("0 12:10 known"));
}

TEST(Hotspots, AreNewAtTheThirdPollAfterADeploy) {
  WatchedWeeks weeks({"orders", "lines"});
  weeks.run(monday(2 * kWeek + 10h), nothing);
  const auto deployed = [](const std::string& table, Timestamp) { return table == "orders" ? kMuch : 0; };
  weeks.run(monday(2 * kWeek + 11h), deployed);
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("14 10:15 new"));
  EXPECT_EQ(weeks.tracker("orders").since, monday(2 * kWeek + 10h));
  EXPECT_THAT(weeks.transitions("lines"), IsEmpty());
}

TEST(Hotspots, AreNewWhenAKnownOneReadsFiveTimesAsMuch) {
  WatchedWeeks weeks({"orders"});
  weeks.run(monday(2 * kWeek), always);
  weeks.run(monday(2 * kWeek + kDay), [](const std::string&, Timestamp) { return 4 * kMuch; });
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("0 00:15 known"));
  weeks.run(monday(2 * kWeek + kDay + 1h), [](const std::string&, Timestamp) { return 6 * kMuch; });
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("0 00:15 known", "15 00:15 new"));
  EXPECT_NEAR(weeks.tracker("orders").usual, kMuch * 10000 * 8192 / 300, 1);
}

TEST(Hotspots, OfANightlyJobStayKnown) {
  WatchedWeeks weeks({"orders"});
  weeks.run(monday(6 * kWeek), nightly(40min));
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("0 02:15 known"));
}

TEST(Hotspots, OfANightlyJobOfOneWindowAreKnownAfterThreeNights) {
  WatchedWeeks weeks({"orders"});
  weeks.run(monday(6 * kWeek), nightly(5min));
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("2 02:05 known"));
}

TEST(Hotspots, OfANightlyJobAreNotNewWhenTheClocksChange) {
  WatchedWeeks weeks({"orders"});
  weeks.run(monday(3 * kWeek), nightly(40min));
  weeks.run(monday(6 * kWeek), nightly(40min, 60min));
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("0 02:15 known"));
}

TEST(Hotspots, OfANightlyJobAreNewAtAnotherHour) {
  WatchedWeeks weeks({"orders"});
  weeks.run(monday(3 * kWeek), nightly(40min));
  weeks.run(monday(3 * kWeek + kDay), nightly(40min, 600min));
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("0 02:15 known", "21 10:15 new"));
}

TEST(Hotspots, OfANewNightlyJobAreNotResolvedEachDayAndKnownAfterAWeek) {
  WatchedWeeks weeks({"orders"});
  weeks.run(monday(2 * kWeek), nothing);
  weeks.run(monday(5 * kWeek), nightly(40min));
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("14 02:15 new", "21 02:05 known"));
}

TEST(Hotspots, OfAnHourlyJobAreFoundThoughMostWindowsAreQuiet) {
  WatchedWeeks weeks({"orders"});
  weeks.run(monday(2 * kWeek), nothing);
  weeks.run(monday(2 * kWeek + 5h),
            [](const std::string&, Timestamp from) { return (from - monday()) % 1h == 0s ? kMuch : 0; });
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("14 02:05 new"));
}

TEST(Hotspots, OfAWeeklyJobDoNotFlap) {
  WatchedWeeks weeks({"orders"});
  const auto sundays = [](const std::string&, Timestamp from) {
    return day_of_week(from) == 6 * kDay && time_of_day(from) < 30min ? kMuch : 0;
  };
  weeks.run(monday(8 * kWeek), sundays);
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("6 00:15 known"));
}

TEST(Hotspots, OfANewWeeklyJobAreNewOnce) {
  WatchedWeeks weeks({"orders"});
  weeks.run(monday(5 * kWeek), nothing);
  const auto sundays = [](const std::string&, Timestamp from) {
    return day_of_week(from) == 6 * kDay && time_of_day(from) < 30min ? kMuch : 0;
  };
  weeks.run(monday(9 * kWeek), sundays);
  EXPECT_THAT(weeks.transitions("orders"),
              ElementsAre("41 00:15 new", "42 02:30 resolved", "48 00:15 known"));
}

TEST(Hotspots, AreResolvedADayAfterTheirCureAndNotBefore) {
  WatchedWeeks weeks({"orders"});
  weeks.run(monday(2 * kWeek), nothing);
  weeks.run(monday(2 * kWeek + 6h), always);
  weeks.run(monday(2 * kWeek + 10h), nothing);
  weeks.run(monday(2 * kWeek + 11h), always);
  weeks.run(monday(4 * kWeek), nothing);
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("14 00:15 new", "15 13:00 resolved"));
}

TEST(Hotspots, AreNewAgainWhenTheCureIsUndone) {
  WatchedWeeks weeks({"orders"});
  weeks.run(monday(2 * kWeek), nothing);
  weeks.run(monday(2 * kWeek + 6h), always);
  weeks.run(monday(2 * kWeek + 3 * kDay + 12h), nothing);
  weeks.run(monday(2 * kWeek + 4 * kDay), always);
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("14 00:15 new", "15 08:00 resolved", "17 12:15 new"));
}

TEST(Hotspots, AreNotMadeByASingleLargeQuery) {
  WatchedWeeks weeks({"orders"});
  weeks.run(monday(2 * kWeek), nothing);
  for (int i = 0; i < 5; ++i) {
    weeks.run(weeks.now() + 10min, [](const std::string&, Timestamp) { return 100 * kMuch; });
    weeks.run(weeks.now() + 4h, nothing);
  }
  EXPECT_EQ(weeks.state("orders"), HotspotState::kKnown);
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("14 04:15 known"));
}

TEST(Hotspots, AreNotNewInANoisyHour) {
  WatchedWeeks weeks({"orders"});
  std::mt19937 random(1);
  std::lognormal_distribution<double> load(3, 0.7);
  const auto noisy = [&](const std::string&, Timestamp) { return load(random); };
  weeks.run(monday(6 * kWeek), noisy);
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("0 00:15 known"));
}

TEST(Hotspots, AreNotMadeByMaintenance) {
  WatchedWeeks weeks({"orders", "lines"});
  weeks.run(monday(2 * kWeek), nothing);
  weeks.maintenance = {{model::MaintenanceKind::kIndexBuild, {"public", "orders"}, false, {}}};
  weeks.run(monday(2 * kWeek + 3h), always);
  EXPECT_THAT(weeks.transitions("orders"), IsEmpty());
  EXPECT_THAT(weeks.transitions("lines"), ElementsAre("14 00:15 new"));
  weeks.maintenance.clear();
  weeks.run(monday(2 * kWeek + 4h), always);
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("14 03:15 new"));
}

TEST(Hotspots, AreNotMadeByANightlyDump) {
  WatchedWeeks weeks({"orders"});
  for (auto end = monday(); end < monday(4 * kWeek); end += 5min) {
    weeks.maintenance.clear();
    if (time_of_day(end) < 30min) weeks.maintenance = {{model::MaintenanceKind::kDump, {}, false, {}}};
    weeks.run(end + 5min, nightly(30min, 0min));
  }
  EXPECT_THAT(weeks.transitions("orders"), IsEmpty());
  // What the dump read is no baseline either: a real load at that hour is new.
  weeks.maintenance.clear();
  weeks.run(monday(4 * kWeek + 30min), always);
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("28 00:15 new"));
}

TEST(Hotspots, ConcludeNothingFromTimeThatNobodyWatched) {
  WatchedWeeks weeks({"orders"});
  weeks.run(monday(2 * kWeek), nothing);
  weeks.run(monday(2 * kWeek + 6h), always);
  weeks.sleep(monday(3 * kWeek), nothing);
  EXPECT_EQ(weeks.state("orders"), HotspotState::kNew);
  weeks.run(monday(3 * kWeek + 27h), nothing);
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("14 00:15 new", "22 02:00 resolved"));
}

TEST(Hotspots, NeedABaselineOfThisHour) {
  WatchedWeeks weeks({"orders"});
  // Never watched at night.
  for (int day = 0; day < 21; ++day) {
    weeks.run(monday(day * kDay + 20h), nothing);
    weeks.sleep(monday((day + 1) * kDay + 4h), nothing);
  }
  weeks.run(monday(21 * kDay + 20h), nothing);
  weeks.run(monday(21 * kDay + 24h), always);
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("21 20:15 known"));
}

TEST(Hotspots, OfATableThatIsMadeAnewGoOn) {
  WatchedWeeks weeks({"orders"});
  weeks.run(monday(2 * kWeek), nothing);
  weeks.run(monday(2 * kWeek + 6h), always);
  weeks.change = [](model::RelationWindow& window) {
    for (auto& table : window.tables) table.oid = model::Oid{2};
  };
  weeks.run(monday(2 * kWeek + 12h), always);
  EXPECT_THAT(weeks.transitions("orders"), ElementsAre("14 00:15 new"));
}

TEST(Hotspots, AreJudgedByLongWindowsToo) {
  // 100,000 indexes: a poll every half hour.
  HotspotState state{};
  model::HotspotTracker tracker;
  tracker.table = {"public", "orders"};
  for (int i = 0; i < 3; ++i) {
    tracker = advance(tracker, {{monday(30min * i), monday(30min * (i + 1))}, 5e6, Baseline{}});
    state = tracker.state;
  }
  EXPECT_EQ(state, HotspotState::kNew);
}

}  // namespace
}  // namespace pgadvisor::hotspots
