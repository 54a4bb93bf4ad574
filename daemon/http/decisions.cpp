#include "daemon/http/decisions.hpp"

#include "daemon/http/problem.hpp"
#include "daemon/http/same_origin.hpp"
#include "daemon/wire.hpp"
#include "daemon/wire_lifecycle.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <variant>

namespace pgadvisor::daemon::http {
namespace {

namespace json = boost::json;

constexpr std::string_view kRecommendationsPath = "/api/v1/recommendations/";
constexpr std::size_t kLongestName = 100;
constexpr std::size_t kLongestReason = 1000;
constexpr std::chrono::hours kLongestSnooze{24 * 366 * 10};

/// What is wrong with a member of the body.
struct Fault {
  std::string member;
  std::string detail;
};

/// The members of one decision, checked.
class Body {
 public:
  explicit Body(const json::object& object) : object_(object) {}

  std::string text(std::string_view name, bool required, std::size_t longest) {
    known_.insert(std::string(name));
    const auto* value = object_.if_contains(name);
    if (value == nullptr || value->is_null()) {
      if (required) fail(name, "is missing");
      return {};
    }
    if (!value->is_string()) {
      fail(name, "has to be a text");
      return {};
    }
    const auto& found = value->get_string();
    const bool blank = std::all_of(found.begin(), found.end(), [](unsigned char c) { return c <= ' '; });
    if (required && blank) fail(name, "must not be empty");
    if (found.size() > longest) fail(name, "must not be longer than " + std::to_string(longest) + " bytes");
    return std::string(found);
  }

  model::Timestamp until(model::Timestamp now) {
    const auto given = text("until", true, 40);
    if (fault_) return {};
    const auto time = from_rfc3339(given);
    if (!time) {
      fail("until", "has to be a time such as 2026-03-04T05:06:07Z (RFC 3339)");
    } else if (*time <= now) {
      fail("until", "has to be in the future");
    } else if (*time > now + kLongestSnooze) {
      fail("until", "is more than ten years away: dismiss it instead");
    }
    return time.value_or(model::Timestamp{});
  }

  /// After all members were asked for.
  std::optional<Fault> fault() {
    for (const auto& member : object_) {
      if (!known_.contains(std::string(member.key()))) fail(member.key(), "is not known here");
    }
    return fault_;
  }

 private:
  void fail(std::string_view member, const std::string& what) {
    if (!fault_) fault_ = Fault{std::string(member), std::string(member) + " " + what};
  }

  const json::object& object_;
  std::set<std::string> known_;
  std::optional<Fault> fault_;
};

std::variant<lifecycle::Event, Fault> event_of(const std::string& action, const json::object& object,
                                               model::Timestamp now) {
  Body body(object);
  lifecycle::Event event;
  const auto by = body.text("by", true, kLongestName);
  const auto why = body.text("why", action == "dismiss", kLongestReason);
  if (action == "snooze") {
    event = lifecycle::Snooze{body.until(now), by, why};
  } else if (action == "dismiss") {
    event = lifecycle::Dismiss{by, why};
  } else {
    event = lifecycle::Reopen{by, why};
  }
  if (auto fault = body.fault()) return *fault;
  return event;
}

}  // namespace

std::optional<DecisionTarget> decision_target(const Target& target) {
  std::string_view path = target.path;
  if (!path.starts_with(kRecommendationsPath)) return std::nullopt;
  path.remove_prefix(kRecommendationsPath.size());
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  const auto action = path.substr(slash + 1);
  constexpr std::array<std::string_view, 3> kActions{"snooze", "dismiss", "reopen"};
  if (std::find(kActions.begin(), kActions.end(), action) == kActions.end()) return std::nullopt;
  return DecisionTarget{std::string(path.substr(0, slash)), std::string(action)};
}

Response answer_decision(const DecisionTarget& decision, const Target& target, const Request& request,
                         const std::string& host, const Decisions& decisions) {
  const auto& path = target.encoded_path;
  if (is_cross_origin(request, host)) {
    return problem(403, "decisions are taken from pgadvisor's own page, or by programs that are no browser",
                   path);
  }
  if (!claims_json(request)) return problem(415, "the body has to be sent as application/json", path);
  if (!target.parameters.empty()) return problem(400, "a decision takes no query parameters", path);
  if (!decisions.decide) return problem(503, "nothing can be decided yet", path);
  json::error_code error;
  const auto body = json::parse(request.body, error);
  if (error || !body.is_object()) return problem(400, "the body has to be a JSON object", path);
  const auto event = event_of(decision.action, body.get_object(), decisions.clock->now());
  if (const auto* fault = std::get_if<Fault>(&event)) {
    return problem(422, fault->detail, path, {{"member", fault->member}});
  }
  const auto decided = decisions.decide(decision.id, std::get<lifecycle::Event>(event));
  if (!decided) return refused(decided.error(), target.encoded_path);
  return {200, "application/json", json::serialize(to_json(**decided)), {}};
}

}  // namespace pgadvisor::daemon::http
