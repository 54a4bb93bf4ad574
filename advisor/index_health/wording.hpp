#pragma once

#include "collectors/model/units.hpp"

#include <string>

namespace pgadvisor::index_health {

// How reasons speak of numbers.

/// "2026-03-04 05:00 UTC"
[[nodiscard]] std::string moment(model::Timestamp time);
/// "12 days", "less than a day"
[[nodiscard]] std::string days(model::Timestamp from, model::Timestamp to);
/// "3.4 MB": 1024-based, one decimal below ten.
[[nodiscard]] std::string size(model::Bytes bytes);

}  // namespace pgadvisor::index_health
