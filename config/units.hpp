#pragma once

#include "collectors/model/units.hpp"

#include <chrono>
#include <string>

namespace pgadvisor::config {

/// The inverse of parse_duration and parse_bytes, with the largest unit that leaves a whole number: "5min",
/// "512MB".
[[nodiscard]] std::string to_text(std::chrono::milliseconds duration);
[[nodiscard]] std::string to_text(model::Bytes bytes);

}  // namespace pgadvisor::config
