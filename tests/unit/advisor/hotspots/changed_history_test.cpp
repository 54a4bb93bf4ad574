#include "advisor/hotspots/changed_history.hpp"

#include "collectors/history/history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace pgadvisor::hotspots {
namespace {

using ::testing::ElementsAreArray;
using ::testing::UnorderedElementsAreArray;
using namespace std::chrono_literals;

class TestClock final : public model::Clock {
 public:
  model::Timestamp now() const override { return model::Timestamp(1704067200s); }
  std::chrono::steady_clock::time_point monotonic() const override { return {}; }
};

model::HotspotTracker tracker(const std::string& table, int over) {
  model::HotspotTracker tracker;
  tracker.table = {"public", table};
  tracker.state = model::HotspotState::kKnown;
  tracker.over = over;
  return tracker;
}

model::ReadHour read(const std::string& table, model::Timestamp hour, double bytes) {
  model::ReadHour read;
  read.table = {"public", table};
  read.hour = hour;
  read.scans = 1;
  read.bytes = bytes;
  read.peak = bytes;
  read.obscured = 1s;
  return read;
}

TEST(ChangedHistory, IsWhatTheHistoryAnswersOnceItIsRecorded) {
  std::string folder = "/tmp/pgadvisor-changed-history-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  {
    const TestClock clock;
    auto history = history::History::open({std::filesystem::path(folder) / "history.sqlite"}, clock).value();
    const auto now = clock.now();
    ASSERT_TRUE(history.record_hotspots("shop", {{tracker("b", 1), tracker("d", 1)},
                                                 {read("b", now, 5), read("d", now - 1h, 5)},
                                                 {{now - 1h, 3600s}, {now, 300s}}}));
    const auto before = history.hotspots("shop", now + 2h).value();
    const model::HotspotChanges changes{{tracker("a", 1), tracker("b", 2), tracker("c", 1)},
                                        {read("a", now, 2), read("b", now, 7), read("b", now + 1h, 3)},
                                        {{now, 300s}, {now + 1h, 300s}}};
    ASSERT_TRUE(history.record_hotspots("shop", changes));
    const auto again = history.hotspots("shop", now + 2h).value();
    const auto changed = with_changes(before, changes);
    EXPECT_THAT(changed.trackers, UnorderedElementsAreArray(again.trackers));
    EXPECT_THAT(changed.read, UnorderedElementsAreArray(again.read));
    EXPECT_THAT(changed.watched, ElementsAreArray(again.watched));
    EXPECT_EQ(again.read.size(), 4U);
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace pgadvisor::hotspots
