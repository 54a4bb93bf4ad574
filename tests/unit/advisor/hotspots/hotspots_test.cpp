#include "advisor/hotspots/hotspots.hpp"

#include "tests/unit/advisor/hotspots/watched_weeks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::hotspots {
namespace {

using advisor::HotspotCause;
using model::HotspotState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A database with the hotspot `orders`, a table of 1,000 pages.
class HotspotList : public testing::Test {
 protected:
  HotspotList() {
    track("orders", HotspotState::kKnown);
    hour("orders", 1h, 1 << 20);
    add_table(model::Oid{1}, kOrders.name, 1000);
    model::ColumnStatistics statistics;
    statistics.relation = kOrders;
    snapshot_.column_statistics.push_back(statistics);
    details_[kOrders] = {.pages = 1000, .live_rows = 1000, .reltuples = 1000};
    for (const char* name : {"ix", "orders_pkey"}) snapshot_.indexes.emplace_back().name = {"public", name};
  }

  void add_table(model::Oid oid, const std::string& name, std::int64_t pages) {
    auto& table = snapshot_.tables.emplace_back();
    table.oid = oid;
    table.name = {"public", name};
    table.pages = pages;
  }
  model::HotspotTracker& track(const std::string& table, HotspotState state) {
    model::HotspotTracker tracker;
    tracker.table = {"public", table};
    tracker.state = state;
    tracker.since = monday(24h);
    history_.trackers.push_back(tracker);
    return history_.trackers.back();
  }
  void hour(const std::string& table, std::chrono::hours before, double bytes) {
    model::ReadHour read;
    read.table = {"public", table};
    read.hour = now_ - before;
    read.scans = 2;
    read.rows = 10;
    read.bytes = bytes;
    history_.read.push_back(read);
  }
  void reader(const std::string& id, const std::string& foreign_key = "") {
    advisor::HotspotStatement statement;
    statement.query_id = id;
    statement.user = model::Oid{9};
    statement.blocks_per_call = 1000;
    statement.calls = 5;
    statement.foreign_key = foreign_key;
    statements_[kOrders].push_back(statement);
  }
  advisor::PlannedRead& plan(const std::string& id, double share) {
    advisor::PlannedRead read;
    read.table = kOrders;
    read.query_id = id;
    read.share = share;
    advice_.planned_reads.push_back(read);
    return advice_.planned_reads.back();
  }
  void recommend(const std::string& id, const std::string& table, const std::string& statement) {
    advisor::Recommendation recommendation;
    recommendation.id = id;
    recommendation.definition.table = {"public", table};
    recommendation.statements.emplace_back().query_id = statement;
    advice_.recommendations.push_back(recommendation);
  }
  [[nodiscard]] std::vector<advisor::Hotspot> list() const {
    return hotspots({history_, now_, &snapshot_, &advice_, foreign_keys_, details_, statements_});
  }
  [[nodiscard]] advisor::Hotspot only() const {
    const auto all = list();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? advisor::Hotspot{} : all.front();
  }

  model::Timestamp now_ = monday(48h);
  model::HotspotHistory history_;
  model::DatabaseSnapshot snapshot_;
  advisor::Advice advice_;
  std::vector<UnindexedForeignKey> foreign_keys_;
  std::map<model::ObjectName, model::TableDetails> details_;
  std::map<model::ObjectName, std::vector<advisor::HotspotStatement>> statements_;
};

TEST_F(HotspotList, RanksByBytesOfTheLastDayAndResolvedOnesLast) {
  track("lines", HotspotState::kNew);
  hour("lines", 2h, 1 << 21);
  track("gone", HotspotState::kResolved);
  hour("gone", 3h, 1 << 22);
  hour("orders", 30h, 1e12);  // too long ago
  track("quiet", HotspotState::kQuiet);
  const auto all = list();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].table.name, "lines");
  EXPECT_EQ(all[1].table.name, "orders");
  EXPECT_EQ(all[1].bytes_read.value, 1 << 20);
  EXPECT_EQ(all[1].seq_scans, 2);
  EXPECT_EQ(all[2].table.name, "gone");
}

TEST_F(HotspotList, ForgetsWhatWasResolvedAWeekAgo) {
  history_.trackers.clear();
  track("orders", HotspotState::kResolved).since = now_ - 24h * 8;
  EXPECT_THAT(list(), IsEmpty());
}

TEST_F(HotspotList, LinksWhatCuresTheStatementsThatReadIt) {
  reader("7");
  plan("7", 0.001);
  recommend("cure", "orders", "7");
  recommend("other", "orders", "8");
  recommend("elsewhere", "lines", "7");
  const auto hotspot = only();
  EXPECT_THAT(hotspot.recommendations, ElementsAre("cure"));
  EXPECT_EQ(hotspot.cause, HotspotCause::kMissingIndex);
  ASSERT_EQ(hotspot.statements.size(), 1U);
  EXPECT_TRUE(hotspot.statements.front().planned);
}

TEST_F(HotspotList, LinksWhatIsRecommendedForThePartitionsParent) {
  add_table(model::Oid{2}, "all_orders", 0);
  snapshot_.tables.front().parent = model::Oid{2};
  reader("7");
  recommend("cure", "all_orders", "7");
  EXPECT_THAT(only().recommendations, ElementsAre("cure"));
}

TEST_F(HotspotList, ShowsPlannedReadersBeforeAnyWereSeen) {
  plan("7", 0.001).calls = 3;
  const auto hotspot = only();
  ASSERT_EQ(hotspot.statements.size(), 1U);
  EXPECT_EQ(hotspot.statements.front().query_id, "7");
}

TEST_F(HotspotList, LeavesOutTablesWhoseStatementsNeedMostRows) {
  reader("7");
  plan("7", 0.9);
  EXPECT_THAT(list(), IsEmpty());
  reader("8");
  plan("8", 0.01);
  EXPECT_EQ(list().size(), 1U);
}

TEST_F(HotspotList, DoesNotTakeAStatementWithoutPlanForOneThatNeedsMostRows) {
  reader("7");
  plan("7", 0.9);
  reader("8");
  EXPECT_EQ(list().size(), 1U);
}

TEST_F(HotspotList, BlamesTheForeignKeyThatNoIndexServes) {
  foreign_keys_ = {{kOrders, "orders_customer_fkey", {"public", "customers"}, {"customer_id"}},
                   {{"public", "lines"}, "lines_fkey", {"public", "customers"}, {"customer_id"}}};
  reader("7", "orders_customer_fkey");
  recommend("cure", "orders", "7");
  const auto hotspot = only();
  EXPECT_EQ(hotspot.cause, HotspotCause::kMissingForeignKeyIndex);
  EXPECT_THAT(hotspot.foreign_keys, ElementsAre("orders_customer_fkey"));
  EXPECT_THAT(hotspot.recommendations, ElementsAre("cure"));
}

TEST_F(HotspotList, DoesNotBlameAForeignKeyWhenOthersAreSeenToReadTheTable) {
  foreign_keys_ = {{kOrders, "orders_customer_fkey", {"public", "customers"}, {"customer_id"}}};
  EXPECT_EQ(only().cause, HotspotCause::kMissingForeignKeyIndex);
  reader("7");
  EXPECT_EQ(only().cause, HotspotCause::kUnknown);
}

TEST_F(HotspotList, DoesNotBlameAForeignKeyWhoseCheckIsPlannedButWasNotSeen) {
  foreign_keys_ = {{kOrders, "orders_customer_fkey", {"public", "customers"}, {"customer_id"}}};
  plan("8", 0.001).foreign_key = "orders_customer_fkey";
  EXPECT_EQ(only().cause, HotspotCause::kMissingForeignKeyIndex);
  reader("7");
  EXPECT_EQ(only().cause, HotspotCause::kUnknown);
  reader("8");
  EXPECT_EQ(only().cause, HotspotCause::kMissingForeignKeyIndex);
}

TEST_F(HotspotList, BlamesTheForeignKeyOfThePartitionedTableAbove) {
  snapshot_.tables.front().parent = model::Oid{2};
  add_table(model::Oid{2}, "all_orders", 0);
  foreign_keys_ = {{{"public", "all_orders"}, "all_fkey", {"public", "customers"}, {"customer_id"}}};
  EXPECT_THAT(only().foreign_keys, ElementsAre("all_fkey"));
}

TEST_F(HotspotList, TakesThePartOfAStatementThatReadsByASequentialScan) {
  foreign_keys_ = {{kOrders, "orders_parent_fkey", kOrders, {"parent_id"}}};
  reader("7");
  auto& itself = plan("7", 0.001);  // DELETE FROM orders WHERE id = $1
  itself.sequential = false;
  itself.index = "public.orders_pkey";
  plan("7", 0.001).foreign_key = "orders_parent_fkey";
  EXPECT_EQ(only().cause, HotspotCause::kMissingForeignKeyIndex);
  EXPECT_TRUE(only().statements.front().planned);
}

TEST_F(HotspotList, BlamesMissingAnalyzeWhereAnIndexServes) {
  reader("7");
  plan("7", 0.01).index = "public.ix";
  EXPECT_EQ(only().cause, HotspotCause::kUnknown);
  snapshot_.column_statistics.front().relation = {"public", "other"};
  auto hotspot = only();
  EXPECT_EQ(hotspot.cause, HotspotCause::kMissingStatistics);
  EXPECT_THAT(hotspot.reasons, ElementsAre(HasSubstr("ANALYZE public.orders")));
  // Where nobody's statistics can be read, that of this table are not missing.
  snapshot_.column_statistics.clear();
  EXPECT_EQ(only().cause, HotspotCause::kUnknown);
  details_[kOrders].reltuples = -1;
  EXPECT_EQ(only().cause, HotspotCause::kMissingStatistics);
  details_[kOrders] = {.pages = 1000, .live_rows = 1000, .changed_rows = 900, .reltuples = 1000};
  hotspot = only();
  EXPECT_EQ(hotspot.cause, HotspotCause::kMissingStatistics);
  EXPECT_THAT(hotspot.reasons, ElementsAre(HasSubstr("900 of its 1000 rows")));
}

TEST_F(HotspotList, KnowsHowManyRowsChangedAfterCountersWereReset) {
  reader("7");
  plan("7", 0.01).index = "public.ix";
  details_[kOrders] = {.pages = 1000, .live_rows = 5, .changed_rows = 5, .reltuples = 1000};
  EXPECT_EQ(only().cause, HotspotCause::kUnknown);
}

TEST_F(HotspotList, BlamesAnIndexThatIsGoneAndNotWhatKeepsThePlannerFromIt) {
  reader("7");
  auto& read = plan("7", 0.01);
  read.sequential = false;
  read.index = "public.ix";
  snapshot_.settings = {{"enable_indexscan", "off"}};
  snapshot_.indexes.front().is_valid = false;
  auto hotspot = only();
  EXPECT_EQ(hotspot.cause, HotspotCause::kMissingIndex);
  EXPECT_THAT(hotspot.reasons, ElementsAre(HasSubstr("index public.ix, which is not there any more")));
  snapshot_.indexes.clear();
  EXPECT_EQ(only().cause, HotspotCause::kMissingIndex);
}

TEST_F(HotspotList, BlamesASettingWhereAnIndexServes) {
  reader("7");
  plan("7", 0.01).index = "public.ix";
  snapshot_.settings = {{"enable_indexscan", "on"}};
  EXPECT_EQ(only().cause, HotspotCause::kUnknown);
  snapshot_.role_settings = {{model::Oid{9}, "App", "enable_indexscan", "off"}};
  statements_[kOrders].front().user = model::Oid{8};
  EXPECT_EQ(only().cause, HotspotCause::kUnknown);  // somebody else executes it
  statements_[kOrders].front().user = model::Oid{9};
  EXPECT_EQ(only().cause, HotspotCause::kPlannerSetting);
  EXPECT_THAT(only().reasons, ElementsAre(HasSubstr("ALTER ROLE \"App\" RESET enable_indexscan")));
  snapshot_.settings = {{"enable_indexscan", "off"}};
  EXPECT_THAT(only().reasons, ElementsAre(HasSubstr("enable_indexscan is off.")));
}

TEST_F(HotspotList, SaysWhenProductionDoesNotUseTheIndexThatTheSandboxUses) {
  reader("7");
  auto& read = plan("7", 0.01);
  read.sequential = false;
  read.index = "public.ix";
  auto hotspot = only();
  EXPECT_EQ(hotspot.cause, HotspotCause::kUnknown);
  EXPECT_FALSE(hotspot.statements.front().planned);
  EXPECT_THAT(hotspot.reasons, ElementsAre(HasSubstr("an older plan")));
  snapshot_.role_settings = {{model::Oid{9}, "app", "enable_bitmapscan", "off"}};
  hotspot = only();
  EXPECT_EQ(hotspot.cause, HotspotCause::kPlannerSetting);
  EXPECT_THAT(hotspot.reasons, ElementsAre(HasSubstr("would use index public.ix")));
}

TEST_F(HotspotList, DoesNotTrustTheShareOfATableThatWasNeverAnalysed) {
  reader("7");
  plan("7", 0.9).index = "public.ix";
  EXPECT_THAT(list(), IsEmpty());
  details_[kOrders].reltuples = -1;
  EXPECT_EQ(only().cause, HotspotCause::kMissingStatistics);
}

TEST_F(HotspotList, SaysWhenAStatementReadsTheTableAgainAndAgain) {
  reader("7");
  statements_[kOrders].front().blocks_per_call = 50'000;
  EXPECT_THAT(only().reasons, ElementsAre(HasSubstr("50 times")));
}

TEST_F(HotspotList, SaysWhenNobodyIsKnownToReadIt) {
  EXPECT_THAT(only().reasons, ElementsAre(HasSubstr("No statement that is known")));
}

}  // namespace
}  // namespace pgadvisor::hotspots
