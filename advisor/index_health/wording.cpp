#include "advisor/index_health/wording.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>

namespace pgadvisor::index_health {

std::string moment(model::Timestamp time) {
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", std::chrono::floor<std::chrono::seconds>(time));
}

std::string days(model::Timestamp from, model::Timestamp to) {
  const auto whole = std::chrono::floor<std::chrono::days>(to - from).count();
  if (whole < 1) return "less than a day";
  return fmt::format("{} day{}", whole, whole == 1 ? "" : "s");
}

std::string size(model::Bytes bytes) {
  constexpr std::array kUnits{"bytes", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes.value);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return fmt::format("{:.{}f} {}", value, unit > 0 && value < 10 ? 1 : 0, kUnits[unit]);
}

}  // namespace pgadvisor::index_health
