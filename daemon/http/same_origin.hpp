#pragma once

#include "daemon/http/message.hpp"

#include <string_view>

namespace pgadvisor::daemon::http {

/// Whether a browser says that a page of another origin sends this request (Origin, Fetch Metadata's
/// Sec-Fetch-Site). A page on another port of this machine is another origin. Programs that are no browser
/// send neither header, and are nobody's puppet. `host`: what the request was asked for as.
[[nodiscard]] bool is_cross_origin(const Request& request, std::string_view host);

/// Whether the body is JSON by its own account. A form of another page can only claim types that forms have,
/// and asks first (CORS preflight, which is never granted) before it sends this one.
[[nodiscard]] bool claims_json(const Request& request);

}  // namespace pgadvisor::daemon::http
