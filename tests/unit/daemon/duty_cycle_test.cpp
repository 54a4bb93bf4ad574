#include "daemon/duty_cycle.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace pgadvisor::daemon {
namespace {

using model::Seconds;

/// What a task that is simply repeated does.
double next(DutyCycle& duty, const TaskId& task, double wanted, double cost) {
  return std::max(wanted, duty.least_wait(task, Seconds(wanted), Seconds(cost)).count());
}

TEST(FairShare, BoundsNobodyWhenThereIsEnough) {
  EXPECT_TRUE(std::isinf(fair_share({1, 2, 3}, 6)));
  EXPECT_TRUE(std::isinf(fair_share({}, 6)));
}

TEST(FairShare, LeavesToTheOthersWhatTheModestDoNotWant) {
  EXPECT_DOUBLE_EQ(fair_share({8, 1, 9}, 7), 3);
}

TEST(DutyCycle, PutsNothingOffWhileThereIsEnoughForAll) {
  DutyCycle duty(0.001);
  EXPECT_EQ(duty.least_wait({"catalog", "shop"}, Seconds(3600), Seconds(3)).count(), 0);
  EXPECT_GT(duty.least_wait({"catalog", "shop"}, Seconds(300), Seconds(3)).count(), 2999);
}

TEST(DutyCycle, KeepsTheIntervalsOfCheapTasks) {
  DutyCycle duty(0.001);
  EXPECT_DOUBLE_EQ(next(duty, {"statements", ""}, 60, 0.03), 60);
  EXPECT_DOUBLE_EQ(next(duty, {"relations", "shop"}, 300, 0.1), 300);
  EXPECT_NEAR(duty.ratio(), 0.03 / 60 + 0.1 / 300, 1e-12);
}

TEST(DutyCycle, StretchesTheDearTaskAlone) {
  DutyCycle duty(0.001);
  (void)next(duty, {"statements", ""}, 60, 0.03);  // half of all there is
  EXPECT_DOUBLE_EQ(next(duty, {"relations", "shop"}, 300, 3), 6000);
  EXPECT_DOUBLE_EQ(next(duty, {"statements", ""}, 60, 0.03), 60);
  EXPECT_NEAR(duty.ratio(), 0.001, 1e-12);
}

TEST(DutyCycle, LeavesLessToATaskWhenOthersJoin) {
  DutyCycle duty(0.001);
  const TaskId relations{"relations", "shop"};
  EXPECT_DOUBLE_EQ(next(duty, relations, 300, 3), 3000);
  EXPECT_DOUBLE_EQ(next(duty, {"catalog", "shop"}, 300, 3), 6000);
  EXPECT_DOUBLE_EQ(duty.least_wait(relations).count(), 6000);
  EXPECT_NEAR(duty.ratio(), 0.001, 1e-12);
}

TEST(DutyCycle, PaysBackARunThatWasDearOnceOverTheNextOnes) {
  DutyCycle duty(0.001);
  const TaskId relations{"relations", "shop"};
  const double usual = next(duty, relations, 300, 0.3);
  EXPECT_DOUBLE_EQ(usual, 300);
  double waited = next(duty, relations, 300, 10.3);
  EXPECT_GT(waited, 3000);
  EXPECT_LT(waited, 4000);
  double spent = 10.3;
  double last = waited;
  for (int i = 0; i < 40; ++i) {
    last = next(duty, relations, 300, 0.3);
    waited += last;
    spent += 0.3;
  }
  EXPECT_NEAR(last, usual, 1);
  EXPECT_NEAR(spent / waited, 0.001, 0.00001);
}

TEST(DutyCycle, StaysBelowItsLimitWithManyDatabases) {
  DutyCycle duty(0.001);
  for (int round = 0; round < 2; ++round) {
    (void)next(duty, {"statements", ""}, 60, 0.05);
    for (int i = 0; i < 100; ++i) {
      (void)next(duty, {"relations", "db" + std::to_string(i)}, 300, 0.02 + i * 0.01);
    }
  }
  EXPECT_LE(duty.ratio(), 0.001 + 1e-12);
  EXPECT_GT(duty.ratio(), 0.0009);
}

TEST(DutyCycle, GivesTheShareOfADatabaseThatIsGoneToTheOthers) {
  DutyCycle duty(0.001);
  (void)next(duty, {"relations", "gone"}, 300, 3);
  (void)next(duty, {"relations", "kept"}, 300, 3);
  EXPECT_DOUBLE_EQ(next(duty, {"relations", "kept"}, 300, 3), 6000);
  duty.forget("gone");
  EXPECT_DOUBLE_EQ(next(duty, {"relations", "kept"}, 300, 3), 3000);
}

}  // namespace
}  // namespace pgadvisor::daemon
