#pragma once

#include "advisor/report.hpp"
#include "daemon/status.hpp"

#include <boost/json/value.hpp>

namespace pgadvisor::daemon {

/// Domain values to the JSON of design section 5. Used by `advise --format json` and by the HTTP API alike, so that
/// both say the same.
[[nodiscard]] boost::json::value to_json(const advisor::Advice& advice);
[[nodiscard]] boost::json::value to_json(const advisor::Recommendation& recommendation);
[[nodiscard]] boost::json::value to_json(const advisor::StatementSummary& statement);
[[nodiscard]] boost::json::value to_json(const advisor::Finding& finding);
[[nodiscard]] boost::json::value to_json(const advisor::IndexReport& index);
[[nodiscard]] boost::json::value to_json(const advisor::Hotspot& hotspot);
[[nodiscard]] boost::json::value to_json(const Status& status);
/// RFC 3339 with microseconds and Z.
[[nodiscard]] std::string to_rfc3339(model::Timestamp time);

}  // namespace pgadvisor::daemon
