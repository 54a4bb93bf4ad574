#pragma once

#include "daemon/reports/document.hpp"
#include "daemon/reports/weekly_report.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace pgadvisor::daemon::reports {

/// A page of its own with all of its style at the elements, as mail clients want it: no script, nothing that
/// is asked for from anywhere.
[[nodiscard]] std::string as_html(const Document& document);

/// CommonMark, readable as plain text. What comes from the database stands in code spans, or escaped.
[[nodiscard]] std::string as_markdown(const Document& document);

/// Slack's mrkdwn, a summary of at most a few kilobytes: the lead, and the first items of what is new and
/// what was done.
[[nodiscard]] std::string as_slack(const Document& document, const std::string& page_url);

/// A script for psql with what the report shows of what is proposed, in each database its own. Names in it
/// are quoted as PostgreSQL has them.
[[nodiscard]] std::string as_sql(const WeeklyReport& report);

[[nodiscard]] boost::json::object to_json(const WeeklyReport& report);
/// What to_json() made of an earlier report, as far as the next one needs it; empty when it is something
/// else.
[[nodiscard]] std::optional<Baseline> baseline_from_json(std::string_view text);

}  // namespace pgadvisor::daemon::reports
