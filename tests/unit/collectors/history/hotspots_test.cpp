#include "collectors/history/history.hpp"

#include "tests/unit/collectors/history/test_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace pgadvisor::history {
namespace {

using model::HotspotState;
using model::Timestamp;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::chrono::hours kWeek{24 * 7};

/// A history of its own that is opened, or opened again, by open().
class HotspotHistory : public ::testing::Test {
 protected:
  HotspotHistory() {
    std::string name = "/tmp/pgadvisor-hotspots-XXXXXX";
    folder_ = mkdtemp(name.data());
    open();
  }
  ~HotspotHistory() override {
    history_.reset();
    fs::remove_all(folder_);
  }
  void open() {
    history_.reset();
    history_.emplace(
        History::open({.file = folder_ / "history.sqlite", .retention = retention_}, clock_).value());
  }

  static model::ReadHour read(const std::string& table, std::chrono::seconds hour, double bytes) {
    model::ReadHour read;
    read.table = {"public", table};
    read.hour = at(hour);
    read.bytes = bytes;
    read.peak = bytes;
    return read;
  }
  void keep(model::HotspotChanges changes) { ASSERT_TRUE(history_->record_hotspots("shop", changes)); }

  fs::path folder_;
  TestClock clock_{at(5 * kWeek)};
  std::chrono::hours retention_{24 * 40};
  std::optional<History> history_;
};

TEST_F(HotspotHistory, KeepsStatesByNameOverARestart) {
  model::HotspotTracker tracker;
  tracker.table = {"public", "orders"};
  tracker.state = HotspotState::kNew;
  tracker.since = at(10s);
  tracker.last_hot = at(20s);
  tracker.over = 3;
  tracker.first_over = at(5s);
  tracker.hot = 4;
  tracker.last_over = at(6s);
  tracker.after_high = 2s;
  tracker.after_hot = 3s;
  tracker.usual = 1.5;
  tracker.rate = 2.5;
  keep({{tracker}, {}, {}});
  open();
  EXPECT_THAT(history_->hotspots("shop", at(0s)).value().trackers, ElementsAre(tracker));
  EXPECT_THAT(history_->hotspots("other", at(0s)).value().trackers, IsEmpty());
}

TEST_F(HotspotHistory, AddsUpHoursAndKeepsTheirPeak) {
  keep({{}, {read("orders", 3600s, 10)}, {{at(3600s), 300s}}});
  keep({{}, {read("orders", 3600s, 7)}, {{at(3600s), 300s}}});
  const auto kept = history_->hotspots("shop", at(2h)).value();
  ASSERT_THAT(kept.read, SizeIs(1));
  EXPECT_EQ(kept.read.front().bytes, 17);
  EXPECT_EQ(kept.read.front().peak, 10);
  ASSERT_THAT(kept.watched, SizeIs(1));
  EXPECT_EQ(kept.watched.front().watched, 600s);
}

TEST_F(HotspotHistory, AnswersTheHoursOfWhatIsOrWasAHotspot) {
  model::HotspotTracker known;
  known.table = {"public", "orders"};
  known.state = HotspotState::kKnown;
  keep({{known}, {read("orders", 1h, 10), read("orders", 2h, 20), read("quiet", 2h, 5)}, {}});
  const auto hours = history_->hotspot_hours("shop", at(2h)).value();
  ASSERT_THAT(hours, SizeIs(1));
  EXPECT_EQ(hours.front().table, known.table);
  EXPECT_EQ(hours.front().hour, at(2h));
  EXPECT_EQ(hours.front().bytes, 20);
  EXPECT_THAT(history_->hotspot_hours("other", at(0h)).value(), IsEmpty());
}

TEST_F(HotspotHistory, AnswersTheLastDayAndTheSameHourOfEarlierWeeks) {
  for (auto hour = 0h; hour < 3 * kWeek; ++hour) keep({{}, {read("orders", hour, 1)}, {}});
  const auto kept = history_->hotspots("shop", at(2 * kWeek + 10h + 5min)).value();
  std::vector<std::int64_t> hours;
  for (const auto& each : kept.read) hours.push_back((each.hour - at(0s)) / 1h);
  for (const std::int64_t hour :
       {9, 10, 11, 24 * 7 + 9, 24 * 7 + 10, 24 * 7 + 11, 24 * 14 + 10, 24 * 13 + 10, 24 * 13 + 9}) {
    EXPECT_THAT(hours, ::testing::Contains(hour));
  }
  EXPECT_THAT(hours, SizeIs(6 + 26));
}

TEST_F(HotspotHistory, ForgetsWhatIsOlderThanItsRetention) {
  model::HotspotTracker resolved;
  resolved.table = {"public", "old"};
  resolved.state = HotspotState::kResolved;
  model::HotspotTracker known = resolved;
  known.table.name = "known";
  known.state = HotspotState::kKnown;
  keep({{resolved, known},
        {read("old", 0s, 1), read("young", 4 * kWeek, 1)},
        {{at(0s), 300s}, {at(4 * kWeek), 300s}}});
  clock_.time = at(41 * 24h);
  ASSERT_TRUE(history_->prune());
  const auto kept = history_->hotspots("shop", at(4 * kWeek)).value();
  EXPECT_THAT(kept.trackers,
              ElementsAre(Field(&model::HotspotTracker::table, model::ObjectName{"public", "known"}),
                          Field(&model::HotspotTracker::table, model::ObjectName{"public", "young"})));
  EXPECT_THAT(kept.read, SizeIs(1));
  EXPECT_THAT(kept.watched, SizeIs(1));
}

model::RelationPoll poll(std::chrono::seconds taken, std::int64_t scans, model::Oid index = model::Oid{2}) {
  model::RelationPoll poll;
  poll.taken_at = at(taken);
  poll.stats_reset = at(-1h);
  poll.postmaster_start = at(-1h);
  poll.tables.push_back({{"public", "orders"}, model::Oid{1}, {scans, scans * 100}, 50, 100});
  poll.indexes.push_back({{"public", "orders_pkey"}, {"public", "orders"}, index, {1, 0, 0}});
  return poll;
}

TEST_F(HotspotHistory, AnswersWhatHappenedBetweenTwoPolls) {
  const auto first = history_->record_relations("shop", poll(0s, 10)).value();
  EXPECT_EQ(first.window.from, first.window.to);
  EXPECT_THAT(first.tables, IsEmpty());
  const auto second = history_->record_relations("shop", poll(300s, 15)).value();
  EXPECT_EQ(second.window.from, at(0s));
  EXPECT_EQ(second.window.to, at(300s));
  ASSERT_THAT(second.tables, SizeIs(1));
  EXPECT_EQ(second.tables.front().counters.seq_scan, 5);
  EXPECT_EQ(second.tables.front().relpages, 50);
  EXPECT_FALSE(second.tables.front().index_built);
  EXPECT_THAT(history_->record_relations("shop", poll(600s, 15)).value().tables, IsEmpty());
  open();
  const auto rebuilt = history_->record_relations("shop", poll(900s, 17, model::Oid{3})).value();
  EXPECT_EQ(rebuilt.window.from, at(600s));
  ASSERT_THAT(rebuilt.tables, SizeIs(1));
  EXPECT_TRUE(rebuilt.tables.front().index_built);
}

TEST_F(HotspotHistory, KnowsWhatMaintenanceAStatementIs) {
  model::StatementPoll statements;
  statements.taken_at = at(0s);
  model::StatementSample copy;
  copy.key = {model::Oid{5}, model::Oid{10}, model::QueryId{1}, true};
  model::StatementSample select = copy;
  select.key.query_id = model::QueryId{2};
  statements.statements = {copy, select};
  ASSERT_TRUE(history_->record_statements(statements));
  ASSERT_TRUE(
      history_->record_texts({{copy.key, "COPY shop.orders (id) TO stdout"}, {select.key, "SELECT 1"}}));
  statements.taken_at = at(60s);
  statements.statements[0].counters.calls = 2;
  const auto window = history_->record_statements(statements).value();
  ASSERT_THAT(window.statements, SizeIs(1));
  EXPECT_EQ(window.statements.front().counters.calls, 2);
  open();
  const auto described = history_->describe({copy.key, select.key}).value();
  ASSERT_THAT(described, SizeIs(2));
  EXPECT_EQ(described[0].text, "");
  EXPECT_THAT(described[0].maintenance,
              ElementsAre(model::Maintenance{model::MaintenanceKind::kCopy, {"shop", "orders"}, false, {}}));
  EXPECT_EQ(described[1].text, "SELECT $1");
  EXPECT_THAT(described[1].maintenance, IsEmpty());
}

}  // namespace
}  // namespace pgadvisor::history
