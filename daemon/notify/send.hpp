#pragma once

#include "collectors/model/units.hpp"
#include "config/settings.hpp"
#include "daemon/kept_reports.hpp"
#include "daemon/notify/retry.hpp"

#include <stop_token>
#include <string>
#include <vector>

namespace pgadvisor::daemon::notify {

/// The channels that are configured: mail, slack, webhook.
[[nodiscard]] std::vector<std::string> channels_of(const config::DeliverySettings& settings);

/// One attempt to deliver a report by a channel. Blocks for at most settings.timeout; ends early when `stop`
/// is requested, as a failure that is worth another attempt. Secrets are read from their files each time.
[[nodiscard]] Attempt send(const std::string& channel, const KeptReport& report,
                           const config::DeliverySettings& settings, model::Timestamp now,
                           const std::stop_token& stop);

/// A report that says nothing but that reports arrive.
[[nodiscard]] KeptReport test_message(const std::string& target, model::Timestamp now);

}  // namespace pgadvisor::daemon::notify
