#include "daemon/kept_reports.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pgadvisor::daemon {

namespace {

constexpr std::array<std::pair<DeliveryState, std::string_view>, 3> kNames{
    {{DeliveryState::kPending, "pending"},
     {DeliveryState::kDelivered, "delivered"},
     {DeliveryState::kDead, "dead"}}};

}  // namespace

std::string_view to_string(DeliveryState state) {
  return std::ranges::find(kNames, state, [](const auto& entry) { return entry.first; })->second;
}

std::optional<DeliveryState> delivery_state_of(std::string_view name) {
  const auto found = std::ranges::find(kNames, name, [](const auto& entry) { return entry.second; });
  if (found == kNames.end()) return std::nullopt;
  return found->first;
}

std::int64_t undelivered(const KeptReports& reports, std::string_view channel, DeliveryState state) {
  std::int64_t count = 0;
  for (const auto& report : reports.items) {
    const auto found = std::ranges::find(report->deliveries, channel, &Delivery::channel);
    if (found == report->deliveries.end()) continue;
    if (found->state == DeliveryState::kDelivered) break;
    if (found->state == state) ++count;
  }
  return count;
}

}  // namespace pgadvisor::daemon
