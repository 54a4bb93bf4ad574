#include "daemon/apply/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::daemon::apply {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// What a build goes through on PostgreSQL 15.
std::vector<Progress> a_build() {
  return {{.phase = "initializing"},
          {.phase = "waiting for writers before build", .lockers_done = 0, .lockers_total = 2},
          {.phase = "waiting for writers before build", .lockers_done = 2, .lockers_total = 2},
          {.phase = "building index: initializing"},
          {.phase = "building index: scanning table", .blocks_done = 0, .blocks_total = 1000},
          {.phase = "building index: scanning table", .blocks_done = 1000, .blocks_total = 1000},
          {.phase = "building index: sorting live tuples", .tuples_total = 500},
          {.phase = "building index: loading tuples in tree", .tuples_done = 250, .tuples_total = 500},
          {.phase = "waiting for writers before validation"},
          {.phase = "index validation: scanning index", .blocks_done = 1, .blocks_total = 2},
          {.phase = "index validation: sorting tuples"},
          {.phase = "index validation: scanning table", .blocks_done = 1, .blocks_total = 2},
          {.phase = "waiting for old snapshots", .lockers_done = 1, .lockers_total = 3}};
}

TEST(Progress, NeverGoesBack) {
  double last = 0;
  for (const auto& progress : a_build()) {
    EXPECT_GE(fraction(progress), last) << progress.phase;
    last = fraction(progress);
  }
  EXPECT_LE(last, 1);
  EXPECT_EQ(fraction({}), 0);
}

TEST(Progress, StaysWithinBoundsWhateverTheServerCounts) {
  EXPECT_LE(fraction({.phase = "index validation: scanning table", .blocks_done = 9, .blocks_total = 3}), 1);
  EXPECT_EQ(fraction({.phase = "a phase of a later version"}), 0);
  EXPECT_GT(fraction({.phase = "building index: step of another access method"}), 0);
}

TEST(Progress, IsDescribedInThePhasesOwnUnit) {
  EXPECT_EQ(
      describe({.phase = "building index: scanning table", .blocks_done = 12345, .blocks_total = 1234567}),
      "building index: scanning table, 12,345 of 1,234,567 blocks");
  EXPECT_EQ(
      describe({.phase = "building index: loading tuples in tree", .tuples_done = 1, .tuples_total = 1000}),
      "building index: loading tuples in tree, 1 of 1,000 rows");
  EXPECT_EQ(describe({.phase = "waiting for old snapshots",
                      .lockers_done = 0,
                      .lockers_total = 1,
                      .waits_for = "backend 7 (idle in transaction)"}),
            "waiting for old snapshots, 0 of 1 done: backend 7 (idle in transaction)");
  EXPECT_EQ(describe({}), "starting");
}

TEST(Bar, ShowsShareTimeAndPhaseInOneLine) {
  const Progress half{.phase = "building index: loading tuples in tree"};
  EXPECT_EQ(bar(half, model::Seconds(65.4), 200),
            "[##########          ]  50 %  1:05  building index: loading tuples in tree");
  EXPECT_EQ(bar(half, model::Seconds(65.4), 30).size(), 30U);
}

TEST(LineRule, IsWorthALineForNewPhasesTenthsAndWaits) {
  LineRule rule;
  Progress scan{.phase = "building index: scanning table", .blocks_total = 1000};
  EXPECT_FALSE(rule.is_worth_a_line({}, model::Seconds(0)));
  EXPECT_TRUE(rule.is_worth_a_line(scan, model::Seconds(0)));
  scan.blocks_done = 10;
  EXPECT_FALSE(rule.is_worth_a_line(scan, model::Seconds(1)));
  scan.blocks_done = 400;  // a tenth of the whole
  EXPECT_TRUE(rule.is_worth_a_line(scan, model::Seconds(2)));
  EXPECT_FALSE(rule.is_worth_a_line(scan, model::Seconds(3)));
  EXPECT_TRUE(rule.is_worth_a_line(scan, model::Seconds(40)));  // silent for too long
  Progress wait{.phase = "waiting for old snapshots"};
  EXPECT_TRUE(rule.is_worth_a_line(wait, model::Seconds(41)));
  wait.waits_for = "backend 7 (active)";
  EXPECT_TRUE(rule.is_worth_a_line(wait, model::Seconds(42)));
  EXPECT_FALSE(rule.is_worth_a_line(wait, model::Seconds(43)));
}

}  // namespace
}  // namespace pgadvisor::daemon::apply
