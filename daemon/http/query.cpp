#include "daemon/http/query.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>
#include <set>

namespace pgadvisor::daemon::http {
namespace {

namespace urls = boost::urls;

model::Result<std::size_t> parse_limit(const std::string& text) {
  std::size_t limit = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, limit);
  if (error != std::errc() || stop != end || limit < 1 || limit > kMaximumLimit) {
    return model::give_up("limit has to be a whole number from 1 to " + std::to_string(kMaximumLimit));
  }
  return limit;
}

}  // namespace

model::Result<Target> parse_target(const std::string& target) {
  auto url = target.starts_with('/') ? urls::parse_origin_form(target) : urls::parse_absolute_uri(target);
  if (!url || (url->has_scheme() && (url->scheme_id() != urls::scheme::http || !url->has_authority()))) {
    return model::give_up("the request's target is no valid path");
  }
  Target result;
  if (url->has_authority()) {
    const auto host = url->encoded_host_and_port();
    result.authority.assign(host.data(), host.size());
  }
  result.path = url->path();
  if (result.path.empty()) result.path = "/";
  const auto encoded = url->encoded_path();
  result.encoded_path.assign(encoded.data(), encoded.size());
  for (const auto& parameter : url->params()) {
    result.parameters.emplace_back(std::string(parameter.key), std::string(parameter.value));
  }
  return result;
}

model::Result<ListQuery> parse_list_query(const Parameters& parameters) {
  ListQuery query;
  std::set<std::string> seen;
  for (const auto& [name, value] : parameters) {
    if (name != "database" && name != "limit") {
      return model::give_up("unknown query parameter '" + name + "': this list takes database and limit");
    }
    if (!seen.insert(name).second) return model::give_up("query parameter '" + name + "' given twice");
    if (name == "database") {
      if (value.empty()) return model::give_up("database has to be a name");
      query.database = value;
      continue;
    }
    const auto limit = parse_limit(value);
    if (!limit) return limit.error();
    query.limit = *limit;
  }
  return query;
}

}  // namespace pgadvisor::daemon::http
