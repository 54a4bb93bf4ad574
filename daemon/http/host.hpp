#pragma once

#include <string_view>

namespace pgadvisor::daemon::http {

/// Whether a Host header (or the authority of an absolute target) names this machine itself: localhost,
/// 127.0.0.1 or
/// [::1], with any port or none. Any other name that leads a browser to a loopback port is DNS rebinding: a
/// foreign page that reads our answers as its own origin.
[[nodiscard]] bool is_loopback_host(std::string_view host);

}  // namespace pgadvisor::daemon::http
