#pragma once

#include "daemon/http/message.hpp"
#include "daemon/http/query.hpp"
#include "daemon/proposals.hpp"

#include <optional>
#include <string_view>

namespace pgadvisor::daemon::http {

/// GET /api/v1/recommendations: what can be done, most impactful first. Parameters `database`, `limit`,
/// `state` (states separated by commas, or all; open when not given) and `action`.
/// `report_as_of`: of the newest advice.
[[nodiscard]] Response answer_proposals(const Target& target, const Proposals& proposals,
                                        model::Timestamp report_as_of);

/// GET /api/v1/recommendations/{id}, in whatever state. Empty when there is none.
[[nodiscard]] std::optional<Response> answer_proposal(std::string_view id, const Proposals& proposals);

}  // namespace pgadvisor::daemon::http
