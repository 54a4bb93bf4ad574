#include "collectors/history/continuity.hpp"

#include "tests/unit/collectors/history/test_clock.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::history {
namespace {

using namespace std::chrono_literals;
using model::SpanStart;

/// A server that started at 100 s, whose counters were never reset.
CounterLife life(std::chrono::seconds asked) {
  return {at(asked), at(100s), std::nullopt, at(100s)};
}

std::optional<SpanStart> broken(const CounterLife& last, const CounterLife& now) {
  return broken_by(last, now, 3600s);
}

TEST(Continuity, BeginsWithTheFirstPoll) {
  EXPECT_EQ(broken_by(std::nullopt, life(200s), 3600s), SpanStart::kFirst);
}

TEST(Continuity, GoesOnFromPollToPoll) {
  EXPECT_EQ(broken(life(200s), life(500s)), std::nullopt);
}

TEST(Continuity, GoesOnAfterARestartInOrder) {
  auto restarted = life(500s);
  restarted.postmaster_start = at(400s);
  EXPECT_EQ(broken(life(200s), restarted), std::nullopt);
}

TEST(Continuity, EndsWithACrashWhichMovesTheResetTimeOfTheServersOwnCounters) {
  auto crashed = life(500s);
  crashed.postmaster_start = crashed.counters_since.emplace(at(400s));
  EXPECT_EQ(broken(life(200s), crashed), SpanStart::kLost);
}

TEST(Continuity, EndsWhenAResetIsNoLongerKnown) {
  auto before = life(200s);
  before.stats_reset = at(150s);
  EXPECT_EQ(broken(before, life(500s)), SpanStart::kLost);
}

TEST(Continuity, EndsWithAnUnprovenRestart) {
  auto before = life(200s);
  auto after = life(500s);
  before.counters_since.reset();
  after.counters_since.reset();
  EXPECT_EQ(broken(before, after), std::nullopt);
  after.postmaster_start = at(400s);
  EXPECT_EQ(broken(before, after), SpanStart::kLost);
}

TEST(Continuity, EndsWithAResetOfTheDatabaseOrOfOneOfItsRelations) {
  auto reset = life(500s);
  reset.stats_reset = at(300s);
  EXPECT_EQ(broken(life(200s), reset), SpanStart::kReset);
  auto again = life(900s);
  again.stats_reset = at(800s);
  EXPECT_EQ(broken(reset, again), SpanStart::kReset);
}

TEST(Continuity, EndsWithATimeWithoutPolls) {
  EXPECT_EQ(broken(life(200s), life(200s + 3600s)), std::nullopt);
  EXPECT_EQ(broken(life(200s), life(200s + 3601s)), SpanStart::kGap);
}

}  // namespace
}  // namespace pgadvisor::history
