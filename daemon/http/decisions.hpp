#pragma once

#include "collectors/model/clock.hpp"
#include "daemon/http/message.hpp"
#include "daemon/http/query.hpp"
#include "daemon/proposals.hpp"

#include <optional>
#include <string>

namespace pgadvisor::daemon::http {

/// The API's POST requests: people's decisions on proposals.
struct Decisions {
  Decide decide;                        ///< empty: nothing can be decided here
  const model::Clock* clock = nullptr;  ///< outlives the requests; there when `decide` is
};

/// A target that names a decision: /api/v1/recommendations/{id}/snooze, dismiss or reopen.
struct DecisionTarget {
  std::string id;
  std::string action;
};
[[nodiscard]] std::optional<DecisionTarget> decision_target(const Target& target);

/// 200 with the proposal as it is then; 400 no JSON, 403 another origin's page, 404 no such proposal, 409 its
/// state has no room for it, 415 another content type, 422 members that are missing, unknown or out of range,
/// 503 not written down. `host`: what the request was asked for as.
[[nodiscard]] Response answer_decision(const DecisionTarget& decision, const Target& target,
                                       const Request& request, const std::string& host,
                                       const Decisions& decisions);

}  // namespace pgadvisor::daemon::http
