#pragma once

#include "collectors/model/activity.hpp"
#include "collectors/model/result.hpp"
#include "collectors/model/units.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::daemon {

enum class DeliveryState {
  kPending,    ///< not tried yet, or to be tried again
  kDelivered,  ///< taken by the other side
  kDead,       ///< given up: somebody has to change something and ask for it again
};
[[nodiscard]] std::string_view to_string(DeliveryState state);  ///< pending, delivered, dead
[[nodiscard]] std::optional<DeliveryState> delivery_state_of(std::string_view name);

/// How a report gets to one channel.
struct Delivery {
  std::string channel;  ///< mail, slack, webhook
  DeliveryState state = DeliveryState::kPending;
  std::int64_t attempts = 0;
  model::Timestamp since{};                      ///< first due, or asked for again
  std::optional<model::Timestamp> next_at = {};  ///< of the next attempt, where there will be one
  std::optional<model::Timestamp> delivered_at = {};
  std::string trouble = {};  ///< of the last attempt; empty: none. Never a secret.

  bool operator==(const Delivery&) const = default;
};

/// A weekly report in every form it is given out in; immutable once made.
struct KeptReport {
  std::string id;
  model::Window window;
  model::Timestamp made_at{};
  std::string subject;  ///< one line
  std::string summary;  ///< Slack's mrkdwn
  std::string json;
  std::string html;
  std::string markdown;
  std::string sql;  ///< a script for psql
  std::vector<Delivery> deliveries;
};

/// What is published of reports.
struct KeptReports {
  std::vector<std::shared_ptr<const KeptReport>> items;  ///< the latest first
  std::vector<std::string> channels;                     ///< that reports are delivered by
  std::optional<model::Timestamp> next_at = {};  ///< of the next report, where one is planned; past: overdue
};

/// Reports that did not arrive on a channel since the last one that did, by state. An older one that was
/// given up is no news any more.
[[nodiscard]] std::int64_t undelivered(const KeptReports& reports, std::string_view channel,
                                       DeliveryState state);

/// What can be asked of whoever makes reports; on the thread that it lives on. Empty: nothing can be asked.
struct ReportRequests {
  /// One of the last `length`, which is not kept. kRetry when the history cannot be read.
  std::function<model::Result<KeptReport>(model::Seconds length)> make;
  /// Delivers by all channels that it did not arrive by. kSkip: there is no such report. kGiveUp: there is
  /// nothing to deliver. kRetry: it could not be written down.
  std::function<model::Result<std::shared_ptr<const KeptReport>>(const std::string& id)> deliver_again;
};

}  // namespace pgadvisor::daemon
