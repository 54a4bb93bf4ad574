#pragma once

#include "config/load.hpp"
#include "config/units.hpp"

#include <fmt/format.h>

#include <charconv>
#include <concepts>
#include <system_error>

namespace pgadvisor::config {

/// Both ends belong to it.
template <class T>
struct Range {
  T least;
  T most;
};

/// What a text has to be: returns what is expected instead, or nothing. Never repeats the text.
using TextRule = std::string (*)(const std::string&);
[[nodiscard]] std::string anything(const std::string& text);
[[nodiscard]] std::string not_empty(const std::string& text);
[[nodiscard]] std::string ip_address(const std::string& text);
[[nodiscard]] std::string log_level(const std::string& text);
[[nodiscard]] std::string log_format(const std::string& text);

[[nodiscard]] std::string cron_expression(const std::string& text);  ///< or empty
[[nodiscard]] std::string time_zone(const std::string& text);
/// Addresses that could not be put into a header or an SMTP command as they are, are refused. Or empty.
[[nodiscard]] std::string mail_address(const std::string& text);
[[nodiscard]] std::string recipient(const std::string& text);  ///< the same, but not empty
[[nodiscard]] std::string mail_url(const std::string& text);   ///< or empty
[[nodiscard]] std::string mail_encryption(const std::string& text);
[[nodiscard]] std::string http_url(const std::string& text);  ///< without user and password; or empty

struct TrueOrFalse {};
/// A duration of whole seconds of which an hour is a multiple.
struct PartOfAnHour {};

/// set_value(): text to field. Returns what was expected instead and leaves the field alone, or nothing.
[[nodiscard]] std::string set_value(std::string& field, TextRule rule, const std::string& text);
[[nodiscard]] std::string set_value(std::filesystem::path& field, TextRule rule, const std::string& text);
[[nodiscard]] std::string set_value(bool& field, TrueOrFalse rule, const std::string& text);
[[nodiscard]] std::string set_value(std::chrono::seconds& field, PartOfAnHour rule, const std::string& text);
[[nodiscard]] std::string set_value(model::Bytes& field, Range<model::Bytes> range, const std::string& text);

template <class T>
requires std::integral<T> || std::floating_point<T>
[[nodiscard]] std::string set_value(T& field, Range<T> range, const std::string& text) {
  T number{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  // Written so that not-a-number is out of range as well.
  if (fault != std::errc() || end != text.data() + text.size() ||
      !(number >= range.least && number <= range.most)) {
    return fmt::format("expected a {} from {} to {}", std::integral<T> ? "whole number" : "number",
                       range.least, range.most);
  }
  field = number;
  return "";
}

template <class Rep, class Period>
[[nodiscard]] std::string set_value(std::chrono::duration<Rep, Period>& field,
                                    Range<std::chrono::milliseconds> range, const std::string& text) {
  using Duration = std::chrono::duration<Rep, Period>;
  const auto parsed = parse_duration(text);
  if (!parsed || *parsed < range.least || *parsed > range.most) {
    return fmt::format("expected a duration from {} to {}, such as 90s, 5min or 1h", to_text(range.least),
                       to_text(range.most));
  }
  const Duration whole = std::chrono::duration_cast<Duration>(*parsed);
  if (whole != *parsed) return fmt::format("expected a multiple of {}", to_text(Duration(1)));
  field = whole;
  return "";
}

/// show(): a value as YAML.
[[nodiscard]] std::string show(const std::string& value);
[[nodiscard]] std::string show(const std::vector<std::string>& values);
[[nodiscard]] std::string show(const std::filesystem::path& value);
[[nodiscard]] std::string show(std::chrono::milliseconds value);
[[nodiscard]] std::string show(model::Bytes value);
template <class T>
requires std::integral<T> || std::floating_point<T>
[[nodiscard]] std::string show(T value) {
  return fmt::format("{}", value);
}

}  // namespace pgadvisor::config
