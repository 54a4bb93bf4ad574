#pragma once

#include <string>
#include <utility>
#include <vector>

namespace pgadvisor::daemon::http {

/// What routing needs of a request; hostile input throughout.
struct Request {
  std::string method = "GET";
  std::string target = "/";        ///< as sent: origin form or absolute form, percent-encoded
  std::vector<std::string> hosts;  ///< every Host header field
  std::string if_none_match = {};
  std::string content_type = {};
  std::string origin = {};
  std::string sec_fetch_site = {};
  std::string body = {};
  int version = 11;  ///< 10 or 11
};

/// An answer before it is put on the wire. For HEAD, too, `body` is what GET would get; the session leaves it
/// out.
struct Response {
  unsigned status = 200;
  std::string content_type = {};
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
};

}  // namespace pgadvisor::daemon::http
