#include "collectors/history/delta.hpp"

#include "tests/unit/collectors/history/test_clock.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::history {
namespace {

using namespace std::chrono_literals;
using model::StatementCounters;
using model::Timestamp;

model::StatementKey key(int id) {
  return {model::Oid{1}, model::Oid{10}, model::QueryId{id}, true};
}

StatementCounters calls(std::int64_t count) {
  StatementCounters counters;
  counters.calls = count;
  counters.total_time = model::Milliseconds(static_cast<double>(count) * 2);
  return counters;
}

model::StatementPoll poll(std::vector<model::StatementSample> samples) {
  model::StatementPoll poll;
  poll.stats_reset = at(0s);
  poll.evictions = 0;
  poll.statements = std::move(samples);
  return poll;
}

const StatementsHead kHead{at(0s), 0};

TEST(StatementDeltas, AreTheDifferenceWhileNothingHappened) {
  const auto changes = compare({{key(1), {calls(10), {}}}}, kHead, poll({{key(1), calls(15), {}}}));
  ASSERT_EQ(changes.deltas.size(), 1U);
  EXPECT_EQ(changes.deltas[0].counters, calls(5));
  EXPECT_FALSE(changes.deltas[0].partial);
}

TEST(StatementDeltas, LeaveOutWhatDidNothing) {
  EXPECT_TRUE(compare({{key(1), {calls(10), {}}}}, kHead, poll({{key(1), calls(10), {}}})).deltas.empty());
}

TEST(StatementDeltas, OfANewKeyAreItsCounters) {
  const auto changes = compare({}, kHead, poll({{key(1), calls(3), {}}}));
  ASSERT_EQ(changes.deltas.size(), 1U);
  EXPECT_EQ(changes.deltas[0].counters, calls(3));
  EXPECT_FALSE(changes.deltas[0].partial);
}

TEST(StatementDeltas, CallAnEntryRebornWhenAnyCounterFell) {
  auto now = calls(20);
  now.wal_bytes = 5;
  auto before = calls(10);
  before.wal_bytes = 9;
  const auto changes = compare({{key(1), {before, {}}}}, kHead, poll({{key(1), now, {}}}));
  ASSERT_EQ(changes.deltas.size(), 1U);
  EXPECT_EQ(changes.deltas[0].counters, now);
  EXPECT_TRUE(changes.deltas[0].partial);
}

TEST(StatementDeltas, TrustStatsSinceOverCounters) {
  const auto reborn = compare({{key(1), {calls(10), at(1s)}}}, kHead, poll({{key(1), calls(12), at(5s)}}));
  EXPECT_EQ(reborn.deltas.at(0).counters, calls(12));
  EXPECT_TRUE(reborn.deltas.at(0).partial);
  const auto same = compare({{key(1), {calls(10), at(1s)}}}, kHead, poll({{key(1), calls(12), at(1s)}}));
  EXPECT_EQ(same.deltas.at(0).counters, calls(2));
  EXPECT_FALSE(same.deltas.at(0).partial);
}

TEST(StatementDeltas, CallAllRebornAfterAResetEvenWhenCountersGrew) {
  auto now = poll({{key(1), calls(12), {}}});
  now.stats_reset = at(9s);
  const auto changes = compare({{key(1), {calls(10), {}}}, {key(2), {calls(1), {}}}}, kHead, now);
  EXPECT_TRUE(changes.reset);
  EXPECT_FALSE(changes.evicted);
  EXPECT_EQ(changes.deltas.at(0).counters, calls(12));
  EXPECT_TRUE(changes.deltas.at(0).partial);
}

TEST(StatementDeltas, CountKeysThatAreGoneAsEvictedWhenTheServerEvicted) {
  auto now = poll({{key(1), calls(10), {}}});
  now.evictions = 1;
  const LastStatements last{{key(1), {calls(10), {}}}, {key(2), {calls(1), {}}}};
  const auto changes = compare(last, kHead, now);
  EXPECT_TRUE(changes.evicted);
  EXPECT_EQ(changes.gone, std::vector{key(2)});
  now.evictions = 0;
  EXPECT_FALSE(compare(last, kHead, now).evicted);
}

TEST(StatementDeltas, GuessEvictionsWhereNobodyCountsThem) {
  auto now = poll({{key(1), calls(10), {}}});
  now.evictions.reset();
  EXPECT_TRUE(compare({{key(1), {calls(10), {}}}, {key(2), {calls(1), {}}}}, {{}, {}}, now).evicted);
  EXPECT_FALSE(compare({{key(3), {calls(10), {}}}, {key(2), {calls(1), {}}}}, {{}, {}}, now).evicted);
}

model::TableCounters rows(std::int64_t inserted, std::int64_t scans = 0) {
  model::TableCounters counters;
  counters.inserted = inserted;
  counters.seq_scan = scans;
  return counters;
}

TEST(TableDeltas, AreTheDifferenceForTheSameTable) {
  EXPECT_EQ(difference(rows(10, 1), model::Oid{5}, {{"s", "t"}, model::Oid{5}, rows(15, 3)}, false),
            rows(5, 2));
}

TEST(TableDeltas, TakeAnotherOidForAnotherTable) {
  EXPECT_EQ(difference(rows(10, 1), model::Oid{5}, {{"s", "t"}, model::Oid{6}, rows(15, 3)}, false),
            rows(15, 3));
}

TEST(TableDeltas, StartAnewWhenAnyCounterFellOrAllAreLost) {
  EXPECT_EQ(difference(rows(10, 5), model::Oid{5}, {{"s", "t"}, model::Oid{5}, rows(15, 3)}, false),
            rows(15, 3));
  EXPECT_EQ(difference(rows(10, 1), model::Oid{5}, {{"s", "t"}, model::Oid{5}, rows(15, 3)}, true),
            rows(15, 3));
}

TEST(TableDeltas, GoOnWhenAnIndexIsDropped) {
  auto before = rows(10, 1);
  before.idx_scan = 100;
  before.idx_tup_fetch = 1000;
  auto after = rows(15, 3);
  after.idx_scan = 20;
  after.idx_tup_fetch = 200;
  EXPECT_EQ(difference(before, model::Oid{5}, {{"s", "t"}, model::Oid{5}, after}, false), rows(5, 2));
}

TEST(IndexDeltas, GoOnOverAReindexWithItsNewOid) {
  const model::IndexSample sample{{"s", "i"}, {"s", "t"}, model::Oid{99}, {12, 0, 0}};
  EXPECT_EQ(difference({10, 0, 0}, sample, false), (model::IndexCounters{2, 0, 0}));
}

TEST(IndexDeltas, StartAnewForARecreatedIndex) {
  const model::IndexSample sample{{"s", "i"}, {"s", "t"}, model::Oid{99}, {3, 0, 0}};
  EXPECT_EQ(difference({10, 0, 0}, sample, false), (model::IndexCounters{3, 0, 0}));
}

TEST(Crash, IsToldByARestartThatLostTheResetTime) {
  model::RelationPoll poll;
  poll.postmaster_start = at(100s);
  EXPECT_TRUE(lost_by_crash(at(5s), at(1s), poll));
  EXPECT_FALSE(lost_by_crash(std::nullopt, at(1s), poll));
  EXPECT_FALSE(lost_by_crash(at(5s), at(100s), poll));
  poll.stats_reset = at(5s);
  EXPECT_FALSE(lost_by_crash(at(5s), at(1s), poll));
}

}  // namespace
}  // namespace pgadvisor::history
