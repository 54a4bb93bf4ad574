#include "collectors/history/history.hpp"

#include "tests/unit/collectors/history/test_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdlib.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::history {
namespace {

using namespace std::chrono_literals;
using model::SpanStart;
using model::Timestamp;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kSystem = "7300000000000000000";

/// One database on servers that started at different times; polls an hour apart.
class UsageHistory : public ::testing::Test {
 protected:
  UsageHistory() {
    std::string name = "/tmp/pgadvisor-usage-XXXXXX";
    folder = mkdtemp(name.data());
    open();
  }
  ~UsageHistory() override { std::filesystem::remove_all(folder); }

  void open() {
    history.reset();
    history.emplace(History::open({folder / "history.sqlite"}, clock).value());
  }

  struct Index {
    std::uint32_t oid;
    std::int64_t scans;
    std::string definition = "as ever";
  };
  using Indexes = std::map<std::string, Index>;

  static model::RelationPoll poll_of(const Indexes& indexes, std::chrono::seconds start) {
    model::RelationPoll poll;
    poll.postmaster_start = at(start);
    poll.counters_since = at(start);
    for (const auto& [name, index] : indexes)
      poll.indexes.push_back({{"public", name}, {"public", "t"}, model::Oid{index.oid}, {index.scans, 0, 0}});
    poll.tables = {{{"public", "t"}, model::Oid{1}, {}}};
    return poll;
  }
  /// Counters, then the catalog; an hour later.
  void poll(const Indexes& indexes, const std::string& member = "db1", std::chrono::seconds start = -100h) {
    clock.time += 1h;
    ASSERT_TRUE(history->record_usage(member, kSystem, "shop", poll_of(indexes, start)));
    ASSERT_TRUE(history->record_definitions(catalog_of(indexes)));
  }
  static model::DatabaseSnapshot catalog_of(const Indexes& indexes) {
    model::DatabaseSnapshot catalog;
    catalog.database.name = "shop";
    for (const auto& [name, index] : indexes) {
      auto& entry = catalog.indexes.emplace_back();
      entry.oid = model::Oid{index.oid};
      entry.identity = index.definition;
    }
    return catalog;
  }

  std::vector<model::MemberUsage> members(std::vector<model::ConfiguredMember> configured = {{"db1", {}}}) {
    return history->usage("shop", configured).value().members;
  }
  model::RelationUsage usage(const std::string& name = "ix") {
    const auto all = members().front().indexes;
    for (const auto& index : all)
      if (index.relation.name == name) return index;
    ADD_FAILURE() << name << " is not there";
    return {};
  }

  std::filesystem::path folder;
  TestClock clock{at(0s)};
  std::optional<History> history;
};

TEST_F(UsageHistory, CountsOnlyWhatItsOwnPollsSaw) {
  poll({{"ix", {10, 500}}});
  EXPECT_EQ(usage().uses, 0);
  EXPECT_FALSE(usage().last_used);
  poll({{"ix", {10, 503}}});
  poll({{"ix", {10, 503}}});
  EXPECT_EQ(usage().uses, 3);
  EXPECT_EQ(usage().last_used, at(2h));
  EXPECT_EQ(usage().first_seen, at(1h));
}

TEST_F(UsageHistory, GoesOnWhenTheIndexIsRebuiltWithItsCounters) {
  poll({{"ix", {10, 500}}});
  poll({{"ix", {11, 500}}});
  EXPECT_EQ(usage().first_seen, at(1h));
  EXPECT_EQ(usage().uses, 0);
  poll({{"ix", {12, 502}}});
  EXPECT_EQ(usage().uses, 2);
}

TEST_F(UsageHistory, GoesOnWhenTheIndexIsMadeAnewAsItWas) {
  poll({{"ix", {10, 500}}});
  poll({{"ix", {11, 4}}});
  EXPECT_EQ(usage().first_seen, at(1h));
  EXPECT_EQ(usage().uses, 4);
  poll({});
  poll({});
  poll({{"ix", {12, 0}}});
  EXPECT_EQ(usage().first_seen, at(1h)) << "while it was away nobody could scan it";
}

TEST_F(UsageHistory, BeginsAnewWithAnotherDefinition) {
  poll({{"ix", {10, 500}}});
  poll({{"ix", {11, 0, "otherwise"}}});
  EXPECT_EQ(usage().first_seen, at(2h));
  poll({{"renamed", {11, 0, "otherwise"}}});
  EXPECT_EQ(usage("renamed").first_seen, at(3h));
}

TEST_F(UsageHistory, BeginsAnewUntilTheDefinitionIsKnown) {
  poll({{"ix", {10, 500}}});
  clock.time += 1h;
  const Indexes rebuilt{{"ix", {11, 500}}};
  EXPECT_EQ(history->record_usage("db1", kSystem, "shop", poll_of(rebuilt, -100h)).value(), false);
  EXPECT_EQ(usage().first_seen, at(2h));
  ASSERT_TRUE(history->record_definitions(catalog_of(rebuilt)));
  EXPECT_EQ(usage().first_seen, at(1h));
  EXPECT_EQ(history->record_usage("db1", kSystem, "shop", poll_of(rebuilt, -100h)).value(), true);
}

TEST_F(UsageHistory, BeginsAnewWhereTheIndexWasMadeAnewWhileNobodyLooked) {
  poll({{"ix", {10, 0}}});
  clock.time += 12h;
  poll({{"ix", {11, 0}}});
  EXPECT_EQ(usage().first_seen, at(14h));
}

TEST_F(UsageHistory, KeepsSpansAndWhyTheyBegin) {
  poll({{"ix", {10, 5}}});
  poll({{"ix", {10, 5}}});
  clock.time += 12h;
  poll({{"ix", {10, 7}}});
  poll({{"ix", {10, 2}}}, "db1", 15h);
  const auto spans = members().front().spans;
  ASSERT_EQ(spans.size(), 3U);
  EXPECT_EQ(spans[0].start, SpanStart::kFirst);
  EXPECT_EQ(spans[0].from, at(1h));
  EXPECT_EQ(spans[0].to, at(2h));
  EXPECT_EQ(spans[1].start, SpanStart::kGap);
  EXPECT_EQ(spans[2].start, SpanStart::kLost);
  EXPECT_EQ(usage().uses, 4) << "two in the gap, two since the crash";
}

TEST_F(UsageHistory, GoesOnAfterTheDaemonsRestart) {
  poll({{"ix", {10, 5}}});
  open();
  poll({{"ix", {10, 6}}});
  EXPECT_EQ(usage().uses, 1);
  EXPECT_EQ(members().front().spans.size(), 1U);
}

TEST_F(UsageHistory, KnowsTheSameServerByAnotherName) {
  poll({{"ix", {10, 5}}}, "address of the primary");
  poll({{"ix", {10, 6}}}, "db1");
  const auto all = members({{"address of the primary", {}}, {"db1", "connection refused"}});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all.front().current);
  EXPECT_EQ(all.front().trouble, "") << "by its other name it is there";
  EXPECT_EQ(all.front().indexes.front().uses, 1);
}

TEST_F(UsageHistory, LetsAPromotedReplicaGoOnUnderThePrimarysAddress) {
  poll({{"ix", {10, 5}}}, "primary", -100h);
  poll({{"ix", {10, 0}}}, "replica", -50h);
  poll({{"ix", {10, 1}}}, "primary", -50h);
  const auto all = members({{"primary", {}}});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "primary");
  EXPECT_FALSE(all[0].current);
  EXPECT_EQ(all[1].name, "replica");
  EXPECT_TRUE(all[1].current);
  EXPECT_EQ(all[1].spans.size(), 1U);
  EXPECT_EQ(all[1].indexes.front().uses, 1);
}

TEST_F(UsageHistory, LetsARestartedServerGoOnByItsName) {
  poll({{"ix", {10, 5}}});
  clock.time += 1h;
  auto restarted = poll_of({{"ix", {10, 5}}}, -100h);
  restarted.postmaster_start = at(1h);
  ASSERT_TRUE(history->record_usage("db1", kSystem, "shop", restarted));
  ASSERT_EQ(members().size(), 1U);
  EXPECT_EQ(members().front().spans.size(), 1U);
}

TEST_F(UsageHistory, ListsMembersThatWereNeverReached) {
  poll({{"ix", {10, 5}}});
  const auto all = members({{"db1", {}}, {"db2", "no route to host"}});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "db2");
  EXPECT_EQ(all[0].trouble, "no route to host");
  EXPECT_THAT(all[0].spans, IsEmpty());
}

TEST_F(UsageHistory, ForgetsWhatIsLongGone) {
  poll({{"ix", {10, 5}}, {"gone", {11, 5}}}, "left", -200h);
  poll({{"ix", {10, 5}}, {"gone", {11, 5}}});
  poll({{"ix", {10, 5}}});
  clock.time += 24h * 60;
  poll({{"ix", {10, 5}}});
  ASSERT_TRUE(history->prune());
  const auto all = members();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all.front().indexes.size(), 1U);
  EXPECT_EQ(all.front().spans.size(), 1U);
  poll({{"ix", {10, 6}}});
  EXPECT_EQ(usage().uses, 1) << "and goes on counting";
}

TEST_F(UsageHistory, KeepsTheTimeOfAVerdictAsLongAsItIsTheSame) {
  const auto remember = [&](const std::string& verdict, std::optional<double> ratio,
                            const std::string& identity = "as ever") {
    clock.time += 1h;
    ASSERT_TRUE(history->remember("shop", {{{"public", "ix"}, identity, verdict, clock.time, ratio}}));
  };
  const auto memory = [&] { return history->memory("shop").value().at(0); };
  remember("bloated", 3.0);
  remember("bloated", 2.5);
  remember("bloated", std::nullopt);
  EXPECT_EQ(memory().since, at(1h));
  EXPECT_EQ(memory().best_ratio, 2.5);
  remember("ok", 2.8);
  EXPECT_EQ(memory().verdict, "ok");
  EXPECT_EQ(memory().since, at(4h));
  EXPECT_EQ(memory().best_ratio, 2.5);
  remember("ok", 4.0, "otherwise");
  EXPECT_EQ(memory().since, at(5h));
  EXPECT_EQ(memory().best_ratio, 4.0);
}

}  // namespace
}  // namespace pgadvisor::history
