#include "config/units.hpp"

#include "config/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pgadvisor::config {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

constexpr std::array<Unit, 5> kDurations{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"min", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr std::array<Unit, 7> kSizes{{{"tb", 1LL << 40},
                                      {"gb", 1LL << 30},
                                      {"mb", 1LL << 20},
                                      {"kb", 1LL << 10},
                                      {"bytes", 1},
                                      {"b", 1},
                                      {"", 1}}};

std::string_view trim(std::string_view text) {
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// A number that is not negative, white space, a unit; in the smallest unit, rounded. Nothing when it does
/// not fit.
template <std::size_t N>
std::optional<std::int64_t> parse(std::string_view text, const std::array<Unit, N>& units,
                                  std::int64_t plain) {
  text = trim(text);
  double number = 0;
  const auto [end, fault] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (fault != std::errc() || !std::isfinite(number) || number < 0) return std::nullopt;
  const std::string_view name = trim(text.substr(static_cast<std::size_t>(end - text.data())));
  const auto unit =
      std::find_if(units.begin(), units.end(), [&](const Unit& candidate) { return candidate.name == name; });
  if (unit == units.end() && !name.empty()) return std::nullopt;
  const double value = number * static_cast<double>(name.empty() ? plain : unit->factor);
  constexpr double kLimit = 9.2e18;  // below 2^63
  if (value > kLimit) return std::nullopt;
  return std::llround(value);
}

}  // namespace

model::Result<model::Bytes> parse_bytes(const std::string& text) {
  std::string lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (const auto value = parse(lower, kSizes, 1)) return model::Bytes{*value};
  return model::give_up("not a size", "write it as 512MB or 1GB (B, kB, MB, GB, TB)");
}

model::Result<std::chrono::milliseconds> parse_duration(const std::string& text) {
  if (const auto value = parse(text, kDurations, 1000)) return std::chrono::milliseconds(*value);
  return model::give_up("not a duration", "write it as 90s, 5min or 1h (ms, s, min, h, d)");
}

std::string to_text(std::chrono::milliseconds duration) {
  for (const Unit& unit : kDurations) {
    if (duration.count() != 0 && duration.count() % unit.factor == 0) {
      return fmt::format("{}{}", duration.count() / unit.factor, unit.name);
    }
  }
  return "0s";
}

std::string to_text(model::Bytes bytes) {
  constexpr std::array<Unit, 4> kNames{
      {{"TB", 1LL << 40}, {"GB", 1LL << 30}, {"MB", 1LL << 20}, {"kB", 1LL << 10}}};
  for (const Unit& unit : kNames) {
    if (bytes.value != 0 && bytes.value % unit.factor == 0) {
      return fmt::format("{}{}", bytes.value / unit.factor, unit.name);
    }
  }
  return std::to_string(bytes.value);
}

}  // namespace pgadvisor::config
