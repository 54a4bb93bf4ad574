#pragma once

#include "advisor/write_overhead.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::daemon {

/// Leaves of the wire format, shared by wire*.cpp and whatif_answer.cpp only.

/// null when not finite: JSON has no infinity.
[[nodiscard]] boost::json::value json_number(double value);
[[nodiscard]] boost::json::string json_text(std::string_view text);
/// null when empty.
[[nodiscard]] boost::json::value json_text_or_null(std::string_view text);
[[nodiscard]] boost::json::array json_texts(const std::vector<std::string>& texts);
/// EXPLAIN (FORMAT JSON) prints a list with one object: that object, or an empty one when the text is
/// something else.
[[nodiscard]] boost::json::object json_plan(const std::string& text);

/// Nothing: all of it is null.
[[nodiscard]] boost::json::object json_write_overhead(const std::optional<advisor::WriteOverhead>& overhead);

template <class Duration>
[[nodiscard]] boost::json::value json_duration(const std::optional<Duration>& duration) {
  return duration ? json_number(duration->count()) : boost::json::value(nullptr);
}

}  // namespace pgadvisor::daemon
