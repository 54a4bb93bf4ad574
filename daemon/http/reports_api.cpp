#include "daemon/http/reports_api.hpp"

#include "daemon/http/problem.hpp"
#include "daemon/http/same_origin.hpp"
#include "daemon/wire.hpp"
#include "daemon/wire_reports.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <map>

namespace pgadvisor::daemon::http {
namespace {

namespace json = boost::json;

constexpr std::string_view kReportsPath = "/api/v1/reports/";
constexpr std::string_view kDeliver = "/deliver";

/// A report has its style at its elements, which the page's policy does not allow; and nothing else.
constexpr const char* kPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors "
    "'none'";

struct ReportQuery {
  std::string format = "json";
  std::optional<std::string> period;
};

model::Result<ReportQuery> parse_report_query(const Parameters& parameters) {
  ReportQuery query;
  std::map<std::string, std::string> values;
  for (const auto& [name, value] : parameters) {
    if (name != "format" && name != "period") {
      return model::give_up("unknown query parameter '" + name + "': a report takes format and period");
    }
    if (!values.emplace(name, value).second)
      return model::give_up("query parameter '" + name + "' given twice");
  }
  if (values.contains("format")) query.format = values["format"];
  if (query.format != "json" && query.format != "html" && query.format != "markdown" &&
      query.format != "sql") {
    return model::give_up("format has to be json, html, markdown or sql");
  }
  if (values.contains("period")) query.period = values["period"];
  return query;
}

std::optional<model::Seconds> length_of(const std::string& period) {
  using std::chrono::days;
  if (period == "day") return days(1);
  if (period == "week") return days(7);
  if (period == "month") return days(30);
  return std::nullopt;
}

Response in_format(const KeptReport& report, const std::string& format) {
  if (format == "html") {
    return {200, "text/html; charset=utf-8", report.html, {{"Content-Security-Policy", kPolicy}}};
  }
  if (format == "markdown") return {200, "text/markdown; charset=utf-8", report.markdown, {}};
  if (format == "sql") return {200, "application/sql", report.sql, {}};
  return {200, "application/json", report.json, {}};
}

Response made_now(const ReportQuery& query, const Target& target, const ReportRequests& requests) {
  const auto length = length_of(query.period.value_or("week"));
  if (!length) return problem(400, "period has to be day, week or month", target.encoded_path);
  if (!requests.make) return problem(503, "no report can be made yet", target.encoded_path);
  const auto report = requests.make(*length);
  if (!report) return refused(report.error(), target.encoded_path);
  return in_format(*report, query.format);
}

}  // namespace

Response answer_reports(const Target& target, const KeptReports& reports) {
  const auto query = parse_list_query(target.parameters);
  if (!query) return problem(400, query.error().message, target.encoded_path);
  if (query->database) return problem(400, "a report is of all databases", target.encoded_path);
  json::array items;
  for (const auto& report : reports.items) {
    if (items.size() == query->limit) break;
    items.emplace_back(to_json(*report));
  }
  const auto as_of =
      reports.items.empty() ? json::value(nullptr) : to_json_time(reports.items.front()->made_at);
  const json::object answer{
      {"items", std::move(items)}, {"as_of", as_of}, {"next_at", to_json_time(reports.next_at)}};
  return {200, "application/json", json::serialize(answer), {}};
}

std::optional<Response> answer_report(std::string_view id, const Target& target, const KeptReports& reports,
                                      const ReportRequests& requests) {
  const auto query = parse_report_query(target.parameters);
  if (!query) return problem(400, query.error().message, target.encoded_path);
  if (id == "now") return made_now(*query, target, requests);
  if (query->period) return problem(400, "only /api/v1/reports/now takes a period", target.encoded_path);
  const auto found = std::ranges::find_if(
      reports.items, [&](const auto& report) { return id == "last" || report->id == id; });
  if (found == reports.items.end()) return std::nullopt;
  return in_format(**found, query->format);
}

std::optional<std::string> redelivery_target(const Target& target) {
  std::string_view path = target.path;
  if (!path.starts_with(kReportsPath) || !path.ends_with(kDeliver)) return std::nullopt;
  if (path.size() <= kReportsPath.size() + kDeliver.size()) return std::nullopt;
  path.remove_prefix(kReportsPath.size());
  path.remove_suffix(kDeliver.size());
  return std::string(path);
}

Response answer_redelivery(const std::string& id, const Target& target, const Request& request,
                           const std::string& host, const ReportRequests& requests) {
  const auto& path = target.encoded_path;
  if (is_cross_origin(request, host)) {
    return problem(
        403, "deliveries are asked for from pgadvisor's own page, or by programs that are no browser", path);
  }
  if (!claims_json(request)) return problem(415, "the body has to be sent as application/json", path);
  if (!target.parameters.empty()) return problem(400, "a delivery takes no query parameters", path);
  if (!requests.deliver_again) return problem(503, "nothing can be delivered yet", path);
  const auto report = requests.deliver_again(id);
  if (!report) return refused(report.error(), target.encoded_path);
  return {200, "application/json", json::serialize(to_json(**report)), {}};
}

}  // namespace pgadvisor::daemon::http
