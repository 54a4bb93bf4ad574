#pragma once

#include <string>
#include <string_view>

namespace pgadvisor::daemon {

/// The text with every byte that is no part of well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates,
/// nothing above U+10FFFF) replaced by U+FFFD. A SQL_ASCII database may hold anything; JSON and the
/// Prometheus format may not.
[[nodiscard]] std::string valid_utf8(std::string_view text);

}  // namespace pgadvisor::daemon
