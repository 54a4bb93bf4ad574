#include "daemon/schedule.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::daemon {
namespace {

TEST(ReconnectDelay, DoublesFromOneSecondToAMinute) {
  const model::Error lost{model::NextStep::kReconnect, "lost"};
  EXPECT_DOUBLE_EQ(reconnect_delay(0, lost, 0).count(), 1);
  EXPECT_DOUBLE_EQ(reconnect_delay(3, lost, 0).count(), 8);
  EXPECT_DOUBLE_EQ(reconnect_delay(30, lost, 0).count(), 60);
}

TEST(ReconnectDelay, IsSlowWhenSomebodyHasToChangeSomething) {
  const model::Error refused{model::NextStep::kGiveUp, "password authentication failed"};
  EXPECT_DOUBLE_EQ(reconnect_delay(0, refused, 0).count(), 30);
}

TEST(ReconnectDelay, SpreadsByAQuarter) {
  const model::Error lost{model::NextStep::kReconnect, "lost"};
  EXPECT_DOUBLE_EQ(reconnect_delay(2, lost, 1).count(), 3);
}

}  // namespace
}  // namespace pgadvisor::daemon
