#include "daemon/http/same_origin.hpp"

#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>

#include <string>

namespace pgadvisor::daemon::http {

namespace text = boost::algorithm;

bool is_cross_origin(const Request& request, std::string_view host) {
  const auto& site = request.sec_fetch_site;
  if (!site.empty() && site != "same-origin" && site != "none") return true;
  if (request.origin.empty()) return false;
  for (const std::string scheme : {"http://", "https://"}) {
    if (text::iequals(request.origin, scheme + std::string(host))) return false;
  }
  return true;
}

bool claims_json(const Request& request) {
  const auto type = request.content_type.substr(0, request.content_type.find(';'));
  return text::iequals(text::trim_copy(type), "application/json");
}

}  // namespace pgadvisor::daemon::http
