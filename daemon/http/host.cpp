#include "daemon/http/host.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>

namespace pgadvisor::daemon::http {
namespace {

/// "" or ":" and up to five digits.
bool is_port(std::string_view text) {
  if (text.empty()) return true;
  if (text.front() != ':' || text.size() > 6) return false;
  return std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool is_loopback_host(std::string_view host) {
  for (const std::string_view name : {"localhost", "127.0.0.1", "[::1]"}) {
    if (boost::algorithm::istarts_with(host, name) && is_port(host.substr(name.size()))) return true;
  }
  return false;
}

}  // namespace pgadvisor::daemon::http
