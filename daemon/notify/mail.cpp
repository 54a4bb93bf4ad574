#include "daemon/notify/mail.hpp"

#include "collectors/model/stable_hash.hpp"
#include "daemon/log.hpp"
#include "daemon/notify/signature.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace pgadvisor::daemon::notify {

namespace {

/// RFC 5322, 3.3: "Mon, 23 Nov 2026 07:00:00 +0000", whatever the locale.
std::string date_of(model::Timestamp time) {
  using namespace std::chrono;
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<seconds>(time - day));
  return fmt::format("{}, {} {} {:04} {:02}:{:02}:{:02} +0000", kDays.at(weekday(day).c_encoding()),
                     static_cast<unsigned>(date.day()), kMonths.at(static_cast<unsigned>(date.month()) - 1),
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

/// RFC 2047: what is not plain ASCII as encoded words of at most 75 characters, none of which ends within a
/// character.
std::string encoded(const std::string& text) {
  const auto is_plain = [](char c) { return c >= ' ' && c <= '~'; };
  constexpr std::size_t kLongestLine = 60;
  if (std::ranges::all_of(text, is_plain) && text.size() <= kLongestLine &&
      text.find("=?") == std::string::npos) {
    return text;
  }
  constexpr std::size_t kBytes = 42;  // 56 in base64
  std::string words;
  for (std::size_t begin = 0; begin < text.size();) {
    auto end = std::min(begin + kBytes, text.size());
    while (end < text.size() && end > begin + 1 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
      --end;
    words += fmt::format("{}=?UTF-8?B?{}?=", words.empty() ? "" : "\r\n ",
                         base64(text.substr(begin, end - begin)));
    begin = end;
  }
  return words;
}

/// Lines of 76 characters, so that no text can end the message or a part of it.
std::string part(std::string_view type, std::string_view content) {
  auto text =
      fmt::format("Content-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n", type);
  const auto coded = base64(content);
  constexpr std::size_t kLine = 76;
  for (std::size_t i = 0; i < coded.size(); i += kLine) text += coded.substr(i, kLine) + "\r\n";
  return text;
}

}  // namespace

std::string mail_of(const KeptReport& report, const std::string& from, const std::vector<std::string>& to) {
  const auto boundary = fmt::format("pgadvisor-{:016x}", model::stable_hash(report.id + report.html));
  const auto domain = from.substr(from.find('@') + 1);
  auto mail = fmt::format(
      "From: pgadvisor <{}>\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}.{:016x}@{}>\r\n"
      "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/alternative; boundary=\"{}\"\r\n\r\n",
      from, fmt::join(to, ",\r\n "), encoded(log::printable(report.subject)), date_of(report.made_at),
      report.id, model::stable_hash(report.json), domain, boundary);
  mail += fmt::format("--{}\r\n{}--{}\r\n{}--{}--\r\n", boundary, part("text/plain", report.markdown),
                      boundary, part("text/html", report.html), boundary);
  return mail;
}

}  // namespace pgadvisor::daemon::notify
