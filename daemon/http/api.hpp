#pragma once

#include "advisor/report.hpp"
#include "daemon/http/message.hpp"
#include "daemon/http/query.hpp"
#include "daemon/kept_reports.hpp"
#include "daemon/proposals.hpp"
#include "daemon/status.hpp"

#include <optional>

namespace pgadvisor::daemon::http {

/// What one request is answered from: published values.
struct View {
  const advisor::Report& report;
  const Status& status;
  const Proposals& proposals;
  const KeptReports& reports;
  const ReportRequests& requests;
};

/// Answers what is below /api/v1; empty when no such resource exists.
[[nodiscard]] std::optional<Response> answer_api(const Target& target, const View& view);

/// 200 {"status": "ready"}, or a 503 problem document whose `problems` say what is wrong and how to cure it.
[[nodiscard]] Response answer_ready(const Target& target, const Status& status);

}  // namespace pgadvisor::daemon::http
