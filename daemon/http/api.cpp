#include "daemon/http/api.hpp"

#include "daemon/http/lists.hpp"
#include "daemon/http/problem.hpp"
#include "daemon/http/proposals_api.hpp"
#include "daemon/http/reports_api.hpp"
#include "daemon/wire.hpp"

#include <boost/json.hpp>

#include <string_view>
#include <utility>

namespace pgadvisor::daemon::http {
namespace {

namespace json = boost::json;

constexpr std::string_view kPrefix = "/api/v1/";
constexpr std::string_view kRecommendations = "recommendations/";
constexpr std::string_view kReports = "reports/";

Response json_response(const json::value& value) {
  return {200, "application/json", json::serialize(value), {}};
}

Response answer_list(const List& list, const Target& target, const View& view) {
  const auto query = parse_list_query(target.parameters);
  if (!query) return problem(400, query.error().message, target.encoded_path);
  return json_response(
      json::object{{"items", list.items(view, *query)}, {"as_of", to_json_time(list.as_of(view))}});
}

Response answer_status(const View& view) {
  json::object status = to_json(view.status).as_object();
  status.emplace("report_as_of", to_json_time(view.report.as_of));
  status.emplace("proposals_as_of", to_json_time(view.proposals.as_of));
  return json_response(status);
}

Response no_parameters(const Target& target) {
  return problem(
      400, "unknown query parameter '" + target.parameters.front().first + "': this resource takes none",
      target.encoded_path);
}

}  // namespace

std::optional<Response> answer_api(const Target& target, const View& view) {
  std::string_view name = target.path;
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  if (name == "recommendations") return answer_proposals(target, view.proposals, view.report.as_of);
  if (name == "reports") return answer_reports(target, view.reports);
  if (name.starts_with(kReports)) {
    return answer_report(name.substr(kReports.size()), target, view.reports, view.requests);
  }
  if (const auto* list = find_list(name)) return answer_list(*list, target, view);
  if (name == "status") {
    return target.parameters.empty() ? answer_status(view) : no_parameters(target);
  }
  if (!name.starts_with(kRecommendations)) return std::nullopt;
  if (!target.parameters.empty()) return no_parameters(target);
  return answer_proposal(name.substr(kRecommendations.size()), view.proposals);
}

Response answer_ready(const Target& target, const Status& status) {
  if (status.ready()) return json_response(json::object{{"status", "ready"}});
  json::array problems;
  for (const Problem& one : status.problems) problems.emplace_back(to_json(one));
  if (problems.empty()) {
    const Problem starting{"connection", "", "the monitored server has not been polled yet",
                           "the first poll follows within seconds of the start", status.started_at};
    problems.emplace_back(to_json(starting));
  }
  return problem(503, "pgadvisor cannot do all of its job: see problems", target.encoded_path,
                 {{"problems", std::move(problems)}});
}

}  // namespace pgadvisor::daemon::http
