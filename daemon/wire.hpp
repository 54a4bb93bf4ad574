#pragma once

#include "advisor/report.hpp"
#include "daemon/status.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace pgadvisor::daemon {

/// Domain values to the JSON of design section 5. Used by `advise --format json` and by the HTTP API alike,
/// so that both say the same. Numbers that are not finite and times before the first measurement (the epoch)
/// become null; text that is no valid UTF-8 is repaired with U+FFFD. Nothing here fails.
[[nodiscard]] boost::json::value to_json(const advisor::Advice& advice);
/// The same without its lists: what was analysed and what it costs.
[[nodiscard]] boost::json::value to_json_summary(const advisor::Advice& advice);
[[nodiscard]] boost::json::value to_json(const advisor::TimeCoverage& coverage);
[[nodiscard]] boost::json::value to_json(const advisor::Recommendation& recommendation);
[[nodiscard]] boost::json::value to_json(const advisor::Alternative& alternative);
[[nodiscard]] boost::json::value to_json(const advisor::UnhelpedStatement& statement);
[[nodiscard]] boost::json::value to_json(const advisor::StatementSummary& statement);
[[nodiscard]] boost::json::value to_json(const advisor::Finding& finding);
[[nodiscard]] boost::json::value to_json(const advisor::IndexReport& index);
[[nodiscard]] boost::json::value to_json(const advisor::ForeignKeyReport& foreign_key);
/// `indexes --format json`.
[[nodiscard]] boost::json::value to_json(const advisor::IndexHealth& health, const std::string& database);
[[nodiscard]] boost::json::value to_json(const advisor::Hotspot& hotspot);
/// Its readings over time, which the former leaves out.
[[nodiscard]] boost::json::value to_json_readings(const advisor::Hotspot& hotspot);
[[nodiscard]] boost::json::value to_json(const Problem& problem);
[[nodiscard]] boost::json::value to_json(const model::ServerIdentity& server);
[[nodiscard]] boost::json::value to_json(const Status& status);
/// RFC 3339 with microseconds and Z. Years outside 0000 to 9999, which the format cannot say, are clamped.
[[nodiscard]] std::string to_rfc3339(model::Timestamp time);
/// The other way: "2026-03-04T05:06:07.89Z", also with an offset such as +01:00. Empty for anything else.
[[nodiscard]] std::optional<model::Timestamp> from_rfc3339(std::string_view text);
/// The same as a JSON string; null for the epoch, which stands for "never".
[[nodiscard]] boost::json::value to_json_time(model::Timestamp time);
[[nodiscard]] boost::json::value to_json_time(const std::optional<model::Timestamp>& time);

}  // namespace pgadvisor::daemon
