#pragma once

#include "collectors/model/result.hpp"

#include <string>

namespace pgadvisor::daemon {

struct Fetched {
  long status = 0;  ///< HTTP's
  std::string body;
};

/// GET over HTTP or HTTPS, redirects not followed, the answer at most 16 MB, within ten seconds. kReconnect
/// when nobody answers. Proxies as libcurl's environment variables have them.
[[nodiscard]] model::Result<Fetched> fetch(const std::string& url);

/// POST of a JSON body; otherwise the same.
[[nodiscard]] model::Result<Fetched> post_json(const std::string& url, const std::string& body);

}  // namespace pgadvisor::daemon
