#include "config/values.hpp"

#include "config/cron.hpp"
#include "config/time_zone.hpp"

#include <fmt/ranges.h>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>

namespace pgadvisor::config {

namespace {

std::string one_of(const std::string& text, const std::vector<std::string>& choices) {
  const bool known = std::find(choices.begin(), choices.end(), text) != choices.end();
  return known ? "" : fmt::format("expected one of {}", fmt::join(choices, ", "));
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

}  // namespace

std::string anything(const std::string&) {
  return "";
}

std::string not_empty(const std::string& text) {
  return text.empty() ? "expected a text that is not empty" : "";
}

std::string ip_address(const std::string& text) {
  std::array<unsigned char, 16> ignored{};
  const bool valid = inet_pton(AF_INET, text.c_str(), ignored.data()) == 1 ||
                     inet_pton(AF_INET6, text.c_str(), ignored.data()) == 1;
  return valid ? "" : "expected an IP address, such as 127.0.0.1, ::1 or 0.0.0.0";
}

std::string log_level(const std::string& text) {
  return one_of(text, {"trace", "debug", "info", "warn", "error"});
}
std::string log_format(const std::string& text) {
  return one_of(text, {"text", "json"});
}

std::string cron_expression(const std::string& text) {
  if (text.empty()) return "";
  const auto cron = Cron::parse(text);
  return cron ? "" : "no cron expression such as \"0 7 * * mon\": " + model::to_string(cron.error());
}

std::string time_zone(const std::string& text) {
  return TimeZone::find(text) ? ""
                              : "expected a time zone such as Europe/Berlin or UTC; is tzdata installed?";
}

std::string mail_address(const std::string& text) {
  // A local part as RFC 5321 has it without quotes, and a domain or an address literal.
  static const std::regex kAddress(R"([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.\[\]:-]{1,255})");
  return text.empty() || std::regex_match(text, kAddress) ? ""
                                                          : "expected a mail address such as dba@example.com";
}

std::string recipient(const std::string& text) {
  return text.empty() ? "expected a mail address such as dba@example.com" : mail_address(text);
}

std::string mail_encryption(const std::string& text) {
  return one_of(text, {"required", "offered", "none"});
}

namespace {

/// No user and password, which would be seen in logs and process lists, and nothing that ends a header.
bool is_plain_url(const std::string& text, const char* scheme) {
  const std::regex url(
      std::string(scheme) +
      R"(://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?([/?][A-Za-z0-9._~%/?&=+,;:@-]*)?)");
  return std::regex_match(text, url);
}

}  // namespace

std::string mail_url(const std::string& text) {
  if (text.empty() || is_plain_url(text, "smtps?")) return "";
  return "expected a URL such as smtp://mail.example.com:587, without user and password";
}

std::string http_url(const std::string& text) {
  if (text.empty() || is_plain_url(text, "https?")) return "";
  return "expected a URL such as https://pgadvisor.example.com/, without user and password";
}

std::string set_value(std::string& field, TextRule rule, const std::string& text) {
  if (text.find('\0') != std::string::npos) return "expected a text without NUL bytes";
  std::string fault = rule(text);
  if (fault.empty()) field = text;
  return fault;
}

std::string set_value(std::filesystem::path& field, TextRule rule, const std::string& text) {
  std::string checked;
  std::string fault = set_value(checked, rule, text);
  if (fault.empty()) field = checked;
  return fault;
}

std::string set_value(bool& field, TrueOrFalse, const std::string& text) {
  std::string fault = one_of(text, {"true", "false"});
  if (fault.empty()) field = text == "true";
  return fault;
}

std::string set_value(std::chrono::seconds& field, PartOfAnHour, const std::string& text) {
  using std::chrono::hours;
  const auto parsed = parse_duration(text);
  const bool fits = parsed && parsed->count() > 0 && *parsed % std::chrono::seconds(1) == parsed->zero() &&
                    hours(1) % *parsed == std::chrono::milliseconds(0);
  if (!fits) return "expected a duration that an hour is a multiple of, such as 10s, 1min or 5min";
  field = std::chrono::duration_cast<std::chrono::seconds>(*parsed);
  return "";
}

std::string set_value(model::Bytes& field, Range<model::Bytes> range, const std::string& text) {
  const auto parsed = parse_bytes(text);
  if (!parsed || *parsed < range.least || *parsed > range.most) {
    return fmt::format("expected a size from {} to {}, such as 512MB or 1GB", to_text(range.least),
                       to_text(range.most));
  }
  field = *parsed;
  return "";
}

std::string show(const std::string& value) {
  return quoted(value);
}
std::string show(const std::vector<std::string>& values) {
  std::vector<std::string> items;
  for (const std::string& value : values) items.push_back(quoted(value));
  return fmt::format("[{}]", fmt::join(items, ", "));
}
std::string show(const std::filesystem::path& value) {
  return value.empty() ? quoted("") : value.string();
}
std::string show(std::chrono::milliseconds value) {
  return to_text(value);
}
std::string show(model::Bytes value) {
  return to_text(value);
}

}  // namespace pgadvisor::config
