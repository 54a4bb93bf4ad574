#pragma once

#include "daemon/http/message.hpp"
#include "daemon/http/query.hpp"
#include "daemon/kept_reports.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pgadvisor::daemon::http {

/// GET /api/v1/reports: the reports kept, the latest first, and how they were delivered. `target.path` is it.
[[nodiscard]] Response answer_reports(const Target& target, const KeptReports& reports);

/// GET /api/v1/reports/{id}, where `last` stands for the latest one and `now` for one that is made for this
/// answer of the last day, week or month (parameter `period`). Parameter `format`: json, html, markdown or
/// sql. Empty when there is none.
[[nodiscard]] std::optional<Response> answer_report(std::string_view id, const Target& target,
                                                    const KeptReports& reports,
                                                    const ReportRequests& requests);

/// The id in /api/v1/reports/{id}/deliver.
[[nodiscard]] std::optional<std::string> redelivery_target(const Target& target);

/// POST there: 200 with the report's entry in the list; 403 another origin's page, 404 no such report, 409
/// nothing to deliver, 415 another content type, 503 not written down. `host`: what the request was asked for
/// as.
[[nodiscard]] Response answer_redelivery(const std::string& id, const Target& target, const Request& request,
                                         const std::string& host, const ReportRequests& requests);

}  // namespace pgadvisor::daemon::http
