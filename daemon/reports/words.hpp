#pragma once

// Private to daemon/reports: how values and texts of the database look in a report.

#include "daemon/reports/weekly_report.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pgadvisor::daemon::reports {

/// Valid UTF-8 on one line: control characters, and those that turn the direction of writing around or cannot
/// be seen, are written as \xNN or \uNNNN.
[[nodiscard]] std::string visible(std::string_view text);

/// The same, white space folded, at most so many bytes and "..." where more was.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t length);

inline constexpr std::size_t kQueryLength = 160;  ///< of a statement that is only shown to be recognised

/// "1.5 hours a day", "12 kB", "97.3 %"; a dash where nothing is known.
[[nodiscard]] std::string value_text(Figure::Kind kind, const std::optional<double>& value);
/// "+3", "-1.2 GB", "same"; empty where one of the two is not known.
[[nodiscard]] std::string change_text(const Figure& figure);

/// "+12 %", "-93 %": of what it was before.
[[nodiscard]] std::string percent_change(double ratio);

}  // namespace pgadvisor::daemon::reports
