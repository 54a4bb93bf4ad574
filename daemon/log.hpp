#pragma once

#include "config/settings.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace pgadvisor::daemon::log {

enum class Level { kDebug, kInfo, kWarn, kError };

/// Logs to stderr, as text or one JSON object a line. Before the first line; again to change the settings.
void start(const config::LogSettings& settings);

/// Control characters, as a hostile identifier may hold them, are written as \xNN: one message stays one
/// line.
[[nodiscard]] std::string printable(std::string_view text);

void write(Level level, std::string_view message);

template <class... Arguments>
void debug(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  write(Level::kDebug, fmt::format(text, std::forward<Arguments>(arguments)...));
}
template <class... Arguments>
void info(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  write(Level::kInfo, fmt::format(text, std::forward<Arguments>(arguments)...));
}
template <class... Arguments>
void warn(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  write(Level::kWarn, fmt::format(text, std::forward<Arguments>(arguments)...));
}
template <class... Arguments>
void error(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  write(Level::kError, fmt::format(text, std::forward<Arguments>(arguments)...));
}

}  // namespace pgadvisor::daemon::log
