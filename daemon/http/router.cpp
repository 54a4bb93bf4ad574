#include "daemon/http/router.hpp"

#include "daemon/http/api.hpp"
#include "daemon/http/embedded.hpp"
#include "daemon/http/host.hpp"
#include "daemon/http/problem.hpp"
#include "daemon/http/reports_api.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <string_view>

namespace pgadvisor::daemon::http {
namespace {

struct ContentType {
  std::string_view ending;
  std::string_view type;
};

/// Of what the page is made of.
constexpr ContentType kAssetTypes[] = {{".js", "text/javascript; charset=utf-8"},
                                       {".css", "text/css; charset=utf-8"},
                                       {".svg", "image/svg+xml"}};
constexpr std::string_view kAssets = "/assets/";

struct EmbeddedRoute {
  std::string_view file;
  std::string_view content_type;
};

std::optional<EmbeddedRoute> embedded_route(std::string_view path) {
  if (path == "/") return EmbeddedRoute{"index.html", "text/html; charset=utf-8"};
  if (path == "/openapi.json") return EmbeddedRoute{"openapi.json", "application/json"};
  if (!path.starts_with(kAssets)) return std::nullopt;
  path.remove_prefix(kAssets.size());
  for (const auto& [ending, type] : kAssetTypes) {
    if (path.ends_with(ending)) return EmbeddedRoute{path, type};
  }
  return std::nullopt;
}

/// Browsers keep the file but ask each time whether it is still the same.
Response embedded(const EmbeddedRoute& route, const EmbeddedFile& file, std::string_view if_none_match) {
  const std::string tag = '"' + std::string(file.hash.substr(0, 32)) + '"';
  const bool known = if_none_match == "*" || if_none_match.find(tag) != std::string_view::npos;
  Response response{known ? 304U : 200U, std::string(route.content_type), {}, {}};
  if (!known) response.body = file.content;
  response.headers = {{"ETag", tag}, {"Cache-Control", "no-cache"}};
  return response;
}

std::optional<Response> answer_embedded(const Target& target, const Request& request) {
  const auto route = embedded_route(target.path);
  if (!route) return std::nullopt;
  const EmbeddedFile* file = find_embedded(route->file);
  if (file == nullptr) return std::nullopt;
  return embedded(*route, *file, request.if_none_match);
}

/// Empty when the request may go on.
std::optional<Response> refuse_host(const Request& request, const Target& target, bool loopback_only) {
  if (request.hosts.size() > 1 || (request.hosts.empty() && request.version >= 11)) {
    return problem(400, "a request needs exactly one Host header", target.encoded_path);
  }
  if (!loopback_only || (request.hosts.empty() && target.authority.empty())) return std::nullopt;
  const std::string& host = target.authority.empty() ? request.hosts.front() : target.authority;
  if (is_loopback_host(host)) return std::nullopt;
  return problem(421, "pgadvisor listens on loopback: ask for it as localhost, 127.0.0.1 or [::1]",
                 target.encoded_path);
}

Response not_allowed(const char* allowed, std::string_view path) {
  Response response = problem(405, std::string("only ") + allowed + " is answered here", path);
  response.headers.emplace_back("Allow", allowed);
  return response;
}

}  // namespace

Response Router::handle(const Request& request) const {
  Response response;
  try {
    response = route(request);
  } catch (const std::exception& error) {
    spdlog::error("http: answering a request failed: {}", error.what());
    response = problem(500, "the answer could not be made; the log says why", "");
  }
  add_security_headers(response);
  return response;
}

Response Router::route(const Request& request) const {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (!reads && request.method != "POST") return not_allowed("GET, HEAD, POST", "");
  const auto target = parse_target(request.target);
  if (!target) return problem(400, target.error().message, "");
  if (auto refused = refuse_host(request, *target, loopback_only_)) return *refused;
  return reads ? answer(*target, request) : answer_post(*target, request);
}

Response Router::answer_post(const Target& target, const Request& request) const {
  const auto decision = decision_target(target);
  const auto report = redelivery_target(target);
  if (!decision && !report) return not_allowed("GET, HEAD", target.encoded_path);
  const auto host = !target.authority.empty() ? target.authority
                    : request.hosts.empty()   ? std::string()
                                              : request.hosts.front();
  if (report) return answer_redelivery(*report, target, request, host, reports_);
  return answer_decision(*decision, target, request, host, decisions_);
}

Response Router::answer(const Target& target, const Request& request) const {
  if (auto file = answer_embedded(target, request)) return *file;
  if (decision_target(target) || redelivery_target(target)) return not_allowed("POST", target.encoded_path);
  if (target.path == "/healthz") return {200, "application/json", R"({"status":"ok"})", {}};
  const auto report = publication_.report();
  const auto status = publication_.status();
  const auto proposals = publication_.proposals();
  const auto reports = publication_.reports();
  if (target.path == "/readyz") return answer_ready(target, *status);
  if (target.path == "/metrics") {
    return {200,
            "text/plain; version=0.0.4; charset=utf-8",
            metrics_.expose(*report, *status, *proposals, *reports),
            {}};
  }
  if (auto response = answer_api(target, {*report, *status, *proposals, *reports, reports_}))
    return *response;
  return problem(404, "there is nothing at this path; /openapi.json lists what there is",
                 target.encoded_path);
}

void add_security_headers(Response& response) {
  auto& headers = response.headers;
  const auto has = [&](const char* name) {
    return std::ranges::any_of(headers, [&](const auto& header) { return header.first == name; });
  };
  if (!has("Content-Security-Policy")) {
    headers.emplace_back("Content-Security-Policy",
                         "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                         "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
                         "require-trusted-types-for 'script'; trusted-types 'none'");
  }
  headers.emplace_back("X-Content-Type-Options", "nosniff");
  headers.emplace_back("Referrer-Policy", "no-referrer");
  headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  if (!has("Cache-Control")) headers.emplace_back("Cache-Control", "no-store");
}

}  // namespace pgadvisor::daemon::http
