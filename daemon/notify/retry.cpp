#include "daemon/notify/retry.hpp"

#include <algorithm>
#include <cmath>

namespace pgadvisor::daemon::notify {

Delivery after(Delivery delivery, const Attempt& attempt, model::Timestamp now, const RetryPolicy& policy,
               double jitter) {
  ++delivery.attempts;
  delivery.trouble = attempt.trouble;
  delivery.next_at.reset();
  if (attempt.outcome == Attempt::Outcome::kDelivered) {
    delivery.state = DeliveryState::kDelivered;
    delivery.delivered_at = now;
    return delivery;
  }
  delivery.state = DeliveryState::kDead;
  if (attempt.outcome == Attempt::Outcome::kRefused) return delivery;
  constexpr std::int64_t kMostDoublings = 20;
  const auto doublings = static_cast<double>(std::min(delivery.attempts - 1, kMostDoublings));
  auto wait = std::min(policy.first * std::exp2(doublings), policy.longest) * (1 - 0.25 * jitter);
  if (attempt.retry_after)
    wait = std::max(wait, std::min(model::Seconds(*attempt.retry_after), policy.longest));
  const auto next = now + std::chrono::duration_cast<std::chrono::microseconds>(wait);
  if (next - delivery.since > policy.give_up_after) return delivery;
  delivery.state = DeliveryState::kPending;
  delivery.next_at = next;
  return delivery;
}

}  // namespace pgadvisor::daemon::notify
