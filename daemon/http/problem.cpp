#include "daemon/http/problem.hpp"

#include "daemon/utf8.hpp"

#include <boost/json/serialize.hpp>

namespace pgadvisor::daemon::http {

namespace json = boost::json;

std::string_view reason(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Error";
  }
}

Response problem(unsigned status, std::string_view detail, std::string_view instance,
                 json::object extensions) {
  // "about:blank" is RFC 9457's type for problems that the status code alone describes.
  json::object document{
      {"type", "about:blank"}, {"title", reason(status)}, {"status", status}, {"detail", valid_utf8(detail)}};
  if (!instance.empty()) document.emplace("instance", valid_utf8(instance));
  for (auto& member : extensions) document.emplace(member.key(), member.value());
  return {status, "application/problem+json", json::serialize(document), {}};
}

Response refused(const model::Error& error, std::string_view instance) {
  const unsigned status = error.next == model::NextStep::kSkip     ? 404
                          : error.next == model::NextStep::kGiveUp ? 409
                                                                   : 503;
  return problem(status, model::to_string(error), instance);
}

}  // namespace pgadvisor::daemon::http
