#pragma once

#include "collectors/model/units.hpp"

#include <string>
#include <string_view>

namespace pgadvisor::daemon::notify {

[[nodiscard]] std::string base64(std::string_view bytes);

/// The value of the header webhook-signature as Standard Webhooks 1.0 has it: "v1," and in base64
/// HMAC-SHA256 of "id.timestamp.body", with the timestamp in seconds since 1970. A secret of the form
/// "whsec_..." is the key in base64; any other is the key itself.
[[nodiscard]] std::string signature(std::string_view secret, std::string_view id, model::Timestamp at,
                                    std::string_view body);

/// Seconds since 1970, as in the header webhook-timestamp.
[[nodiscard]] std::string unix_seconds(model::Timestamp at);

}  // namespace pgadvisor::daemon::notify
