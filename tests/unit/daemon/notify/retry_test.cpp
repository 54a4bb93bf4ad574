#include "daemon/notify/retry.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::daemon::notify {
namespace {

using namespace std::chrono_literals;
using Outcome = Attempt::Outcome;

const model::Timestamp kBegin{1'000'000s};
const RetryPolicy kPolicy{60s, 3600s, 24h};

Delivery fresh() {
  return {.channel = "mail", .since = kBegin, .next_at = kBegin};
}

TEST(Retry, EndsWhenItIsDelivered) {
  const auto delivery = after(fresh(), {}, kBegin + 1s, kPolicy, 0);
  EXPECT_EQ(delivery.state, DeliveryState::kDelivered);
  EXPECT_EQ(delivery.delivered_at, kBegin + 1s);
  EXPECT_EQ(delivery.next_at, std::nullopt);
  EXPECT_EQ(delivery.attempts, 1);
}

TEST(Retry, WaitsTwiceAsLongEachTimeUpToAnHour) {
  auto delivery = fresh();
  std::vector<model::Seconds> waits;
  for (int i = 0; i < 9; ++i) {
    delivery = after(delivery, {Outcome::kTryAgain, "nobody answers"}, kBegin, kPolicy, 0);
    ASSERT_EQ(delivery.state, DeliveryState::kPending);
    waits.emplace_back(*delivery.next_at - kBegin);
  }
  EXPECT_EQ(waits, (std::vector<model::Seconds>{60s, 120s, 240s, 480s, 960s, 1920s, 3600s, 3600s, 3600s}));
  EXPECT_EQ(delivery.trouble, "nobody answers");
}

TEST(Retry, SpreadsAttemptsByAQuarter) {
  const auto delivery = after(fresh(), {Outcome::kTryAgain}, kBegin, kPolicy, 1);
  EXPECT_EQ(delivery.next_at, kBegin + 45s);
}

TEST(Retry, WaitsAsLongAsItIsAskedToButNotForEver) {
  EXPECT_EQ(after(fresh(), {Outcome::kTryAgain, "", 600s}, kBegin, kPolicy, 0).next_at, kBegin + 600s);
  EXPECT_EQ(after(fresh(), {Outcome::kTryAgain, "", 5s}, kBegin, kPolicy, 0).next_at, kBegin + 60s);
  EXPECT_EQ(after(fresh(), {Outcome::kTryAgain, "", 99999s}, kBegin, kPolicy, 0).next_at, kBegin + 3600s);
}

TEST(Retry, IsDeadOnceItsTimeIsOver) {
  const auto alive = after(fresh(), {Outcome::kTryAgain}, kBegin + 24h - 60s, kPolicy, 0);
  EXPECT_EQ(alive.state, DeliveryState::kPending);
  const auto dead = after(fresh(), {Outcome::kTryAgain, "busy"}, kBegin + 24h - 59s, kPolicy, 0);
  EXPECT_EQ(dead.state, DeliveryState::kDead);
  EXPECT_EQ(dead.next_at, std::nullopt);
  EXPECT_EQ(dead.trouble, "busy");
}

TEST(Retry, IsDeadAtOnceWhenTryingAgainIsOfNoUse) {
  EXPECT_EQ(after(fresh(), {Outcome::kRefused, "no such user"}, kBegin, kPolicy, 0).state,
            DeliveryState::kDead);
}

TEST(Undelivered, CountsOnlyWhatCameAfterTheLastOneThatArrived) {
  KeptReports reports;
  const auto add = [&](DeliveryState state) {
    auto report = std::make_shared<KeptReport>();
    report->deliveries = {{.channel = "mail", .state = state}};
    reports.items.push_back(report);
  };
  for (const auto state : {DeliveryState::kPending, DeliveryState::kDead, DeliveryState::kDead,
                           DeliveryState::kDelivered, DeliveryState::kDead}) {
    add(state);
  }
  EXPECT_EQ(undelivered(reports, "mail", DeliveryState::kDead), 2);
  EXPECT_EQ(undelivered(reports, "mail", DeliveryState::kPending), 1);
  EXPECT_EQ(undelivered(reports, "slack", DeliveryState::kDead), 0);
}

}  // namespace
}  // namespace pgadvisor::daemon::notify
