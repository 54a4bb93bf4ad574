#include "advisor/index_health/usage.hpp"

#include "tests/unit/advisor/index_health/catalog_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::index_health {
namespace {

using model::SpanStart;
using model::Timestamp;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Timestamp day(double number) {
  const auto start = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
  return start + std::chrono::microseconds(static_cast<std::int64_t>(number * 86400e6));
}

/// One index of one table, watched on a primary since day 0; it is day 50.
class UsageOfAnIndex : public ::testing::Test {
 protected:
  UsageOfAnIndex() {
    auto& table = builder.table("t");
    builder.index(table, "ix", {1});
    usage.as_of = day(50);
    member("primary");
  }

  model::MemberUsage& member(const std::string& name, double from = 0, double to = 50) {
    auto& member = usage.members.emplace_back();
    member.name = name;
    member.spans = {{day(from), day(to), SpanStart::kFirst}};
    member.indexes = {{{"public", "ix"}, day(from), std::nullopt, 0, {}}};
    member.tables = {{{"public", "t"}, day(from), day(to), 7, {}}};
    return member;
  }
  model::MemberUsage& primary() { return usage.members.front(); }
  static void scanned(model::MemberUsage& member, double when, std::int64_t times = 3) {
    member.indexes.front().last_used = day(when);
    member.indexes.front().uses = times;
  }

  Usage judged() {
    const Catalog catalog(builder.snapshot);
    const UsageJudge judge(usage, policy);
    return judge.judge(catalog.subjects().front(), catalog);
  }
  UsageState state() { return judged().state; }

  CatalogBuilder builder;
  model::ClusterUsage usage;
  UsagePolicy policy;
};

TEST_F(UsageOfAnIndex, IsACandidateAfterTheWindowWithoutAScan) {
  const auto found = judged();
  EXPECT_EQ(found.state, UsageState::kCandidate);
  EXPECT_EQ(found.since, day(0));
  EXPECT_EQ(found.scans, 0);
  EXPECT_THAT(found.reasons, ElementsAre(HasSubstr("(50 days)")));
}

TEST_F(UsageOfAnIndex, IsUsedWhenScannedWithinTheWindow) {
  scanned(primary(), 20);
  const auto found = judged();
  EXPECT_EQ(found.state, UsageState::kUsed);
  EXPECT_EQ(found.scans, 3);
  EXPECT_EQ(found.last_scan, day(20));
}

TEST_F(UsageOfAnIndex, IsACandidateWhenTheLastScanIsOlderThanTheWindow) {
  scanned(primary(), 14.5);
  const auto found = judged();
  EXPECT_EQ(found.state, UsageState::kCandidate);
  EXPECT_EQ(found.since, day(14.5));
  EXPECT_EQ(found.scans, 0) << "in what the verdict speaks of";
}

TEST_F(UsageOfAnIndex, KeepsAMonthlyJobsIndex) {
  scanned(primary(), 50 - 31);
  EXPECT_EQ(state(), UsageState::kUsed);
}

TEST_F(UsageOfAnIndex, IsObservedUntilTheWindowIsFull) {
  primary().spans.front().from = day(20);
  const auto found = judged();
  EXPECT_EQ(found.state, UsageState::kObserving);
  EXPECT_EQ(found.since, day(20));
  EXPECT_THAT(found.reasons,
              ElementsAre(::testing::AllOf(HasSubstr("30 days of 35 days"), HasSubstr("first time"))));
}

TEST_F(UsageOfAnIndex, TakesAnotherWindow) {
  primary().spans.front().from = day(40);
  primary().indexes.front().first_seen = day(40);
  policy.window = std::chrono::hours(24 * 7);
  EXPECT_EQ(state(), UsageState::kCandidate);
}

TEST_F(UsageOfAnIndex, IsObservedWhenItIsYoungerThanTheWindow) {
  primary().indexes.front().first_seen = day(30);
  const auto found = judged();
  EXPECT_EQ(found.state, UsageState::kObserving);
  EXPECT_THAT(found.reasons, ElementsAre(HasSubstr("created")));
}

TEST_F(UsageOfAnIndex, IsUsedWhenOnlyAReplicaScansIt) {
  scanned(member("replica"), 49);
  const auto found = judged();
  EXPECT_EQ(found.state, UsageState::kUsed);
  ASSERT_EQ(found.members.size(), 2U);
  EXPECT_EQ(found.members[0].scans, 0);
  EXPECT_EQ(found.members[1].member, "replica");
  EXPECT_EQ(found.members[1].scans, 3);
}

TEST_F(UsageOfAnIndex, IsUsedWhenAServerThatLeftScannedIt) {
  auto& left = member("left", 0, 40);
  left.current = false;
  scanned(left, 39);
  EXPECT_EQ(state(), UsageState::kUsed);
}

TEST_F(UsageOfAnIndex, IsNotUsedByWhatHadItsNameWithAnotherDefinition) {
  auto& left = member("left", 0, 40);
  left.current = false;
  left.indexes.front().identity = "another definition";
  scanned(left, 39);
  EXPECT_EQ(state(), UsageState::kCandidate);
}

TEST_F(UsageOfAnIndex, IsObservedWhileAReplicaIsNotWatchedForAsLong) {
  member("replica", 30);
  const auto found = judged();
  EXPECT_EQ(found.state, UsageState::kObserving);
  EXPECT_EQ(found.since, day(30));
}

TEST_F(UsageOfAnIndex, IsUnknownWhileAReplicaIsAway) {
  member("replica", 0, 49).trouble = "connection refused";
  const auto found = judged();
  EXPECT_EQ(found.state, UsageState::kUnknown);
  EXPECT_THAT(found.reasons,
              ElementsAre(::testing::AllOf(HasSubstr("replica"), HasSubstr("connection refused"))));
}

TEST_F(UsageOfAnIndex, IsUnknownUntilAReplicaWasReached) {
  member("replica").spans.clear();
  EXPECT_EQ(state(), UsageState::kUnknown);
}

TEST_F(UsageOfAnIndex, IsUsedEvenWhileAReplicaIsAway) {
  member("replica", 0, 40);
  scanned(primary(), 45);
  EXPECT_EQ(state(), UsageState::kUsed);
}

TEST_F(UsageOfAnIndex, IsUnknownWhereAMemberDoesNotCountIt) {
  member("replica").indexes.clear();
  EXPECT_EQ(state(), UsageState::kUnknown);
  usage.members.clear();
  EXPECT_EQ(state(), UsageState::kUnknown);
}

TEST_F(UsageOfAnIndex, IsUnknownWhenItsTableDoesNothing) {
  primary().tables.front().last_used = day(3);
  const auto found = judged();
  EXPECT_EQ(found.state, UsageState::kUnknown);
  EXPECT_THAT(found.reasons, ElementsAre(HasSubstr("neither read nor written")));
}

TEST_F(UsageOfAnIndex, IsObservedAgainAfterAnythingThatLosesCounters) {
  for (const auto start : {SpanStart::kLost, SpanStart::kReset}) {
    primary().spans = {{day(0), day(30), SpanStart::kFirst}, {day(30), day(50), start}};
    const auto found = judged();
    EXPECT_EQ(found.state, UsageState::kObserving);
    EXPECT_EQ(found.since, day(30));
  }
}

TEST_F(UsageOfAnIndex, ToleratesGapsThatLeave95PerCentOfTheWindow) {
  primary().spans = {{day(0), day(30), SpanStart::kFirst}, {day(31.7), day(50), SpanStart::kGap}};
  EXPECT_EQ(state(), UsageState::kCandidate);
  primary().spans.back().from = day(31.8);
  const auto found = judged();
  EXPECT_EQ(found.state, UsageState::kObserving);
  EXPECT_EQ(found.since, day(31.8));
}

TEST_F(UsageOfAnIndex, AddsGapsUp) {
  primary().spans = {{day(0), day(20), SpanStart::kFirst},
                     {day(21), day(30), SpanStart::kGap},
                     {day(31), day(50), SpanStart::kGap}};
  EXPECT_EQ(judged().since, day(21));
}

TEST_F(UsageOfAnIndex, ForgetsGapsBeforeTheWindow) {
  primary().spans = {{day(0), day(5), SpanStart::kFirst}, {day(14), day(50), SpanStart::kGap}};
  EXPECT_EQ(state(), UsageState::kCandidate);
}

TEST_F(UsageOfAnIndex, AsksAServerThatLeftOnlyForTheTimeThatItWasThere) {
  auto& left = member("left", 0, 40);
  left.current = false;
  EXPECT_EQ(state(), UsageState::kCandidate);
  left.spans = {{day(0), day(30), SpanStart::kFirst}, {day(30), day(40), SpanStart::kLost}};
  EXPECT_EQ(judged().since, day(30));
  left.spans = {{day(0), day(10), SpanStart::kFirst}};
  EXPECT_EQ(state(), UsageState::kCandidate) << "it left before the window";
}

TEST_F(UsageOfAnIndex, IsNeverACandidateAfterOneLook) {
  usage.sampled = false;
  EXPECT_EQ(state(), UsageState::kObserving);
  scanned(primary(), 50);
  EXPECT_EQ(state(), UsageState::kUsed);
}

TEST_F(UsageOfAnIndex, SpeaksOfTheTimeThatEveryMemberIsKnownFor) {
  member("replica", 30, 45);
  const UsageJudge judge(usage, policy);
  EXPECT_EQ(judge.window().from, day(30));
  EXPECT_EQ(judge.window().to, day(50));
  EXPECT_NEAR(judge.coverage(), 0.75, 1e-9);
  ASSERT_EQ(judge.members().size(), 2U);
  EXPECT_TRUE(judge.members()[0].watched);
  EXPECT_FALSE(judge.members()[1].watched);
}

TEST_F(UsageOfAnIndex, SumsUpThePartitionsOfAPartitionedIndex) {
  builder.snapshot.tables.clear();
  builder.snapshot.indexes.clear();
  auto& root = builder.partitioned("root");
  auto& index = builder.index(root, "root_ix", {1});
  EXPECT_EQ(state(), UsageState::kUnknown) << "no partition yet";
  for (const char* name : {"p1", "p2"}) {
    builder.attached(index, builder.partition(root, name), std::string(name) + "_ix");
    primary().indexes.push_back({{"public", std::string(name) + "_ix"}, day(0), std::nullopt, 0, {}});
    primary().tables.push_back({{"public", name}, day(0), day(50), 1, {}});
  }
  EXPECT_EQ(state(), UsageState::kCandidate);
  primary().indexes.back().first_seen = day(45);
  EXPECT_EQ(state(), UsageState::kCandidate) << "a new partition makes no new index";
  primary().indexes.back().last_used = day(48);
  EXPECT_EQ(state(), UsageState::kUsed);
}

}  // namespace
}  // namespace pgadvisor::index_health
