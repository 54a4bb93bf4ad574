#include "daemon/reports/words.hpp"
#include "daemon/reports/writers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::daemon::reports {
namespace {

constexpr std::size_t kItems = 5;  ///< of a section
constexpr std::size_t kSpan = 200;

/// Slack asks for the three to be escaped. What is special otherwise (formatting; @ and # where other
/// programs take the same message) is kept from it by a character that cannot be seen.
std::string escaped_slack(std::string_view raw, std::string_view special, std::string_view after_special) {
  std::string result(raw.starts_with(' ') ? " " : "");  // marks of formatting count between spaces only
  for (const char byte : shortened(raw, kSpan)) {
    if (byte == '&') {
      result += "&amp;";
    } else if (byte == '<') {
      result += "&lt;";
    } else if (byte == '>') {
      result += "&gt;";
    } else {
      result += byte;
      if (special.find(byte) != std::string_view::npos) result += after_special;
    }
  }
  return result;
}

std::string plain(std::string_view raw) {
  return escaped_slack(raw, "*_~`@#", "\u2060");
}

/// Nothing is formatted within backticks, and a backtick cannot be escaped there.
std::string slack_code(std::string_view raw) {
  std::string without;
  for (const char byte : raw) without += byte == '`' ? std::string("\u02cb") : std::string(1, byte);
  return "`" + escaped_slack(without, "", "") + "`";
}

std::string as_slack(const Line& line) {
  std::string message;
  for (const auto& span : line) {
    switch (span.kind) {
      case Span::Kind::kText:
        message += plain(span.text);
        break;
      case Span::Kind::kStrong:
        message += fmt::format("*{}*", plain(span.text));
        break;
      case Span::Kind::kCode:
        message += slack_code(span.text);
        break;
    }
  }
  return message;
}

std::string as_slack(const Item& item) {
  auto message = "\u2022 " + as_slack(item.title);
  if (!item.details.empty()) message += " (" + as_slack(item.details.front()) + ")";
  if (!item.link.empty()) message += fmt::format(" <{}|details>", item.link);
  return message + "\n";
}

}  // namespace

std::string as_slack(const Document& document, const std::string& page_url) {
  auto message = fmt::format("*{}*\n", plain(document.title));
  for (const auto& line : document.lead) message += as_slack(line) + "\n";
  for (const auto& section : document.sections) {
    if (!section.in_summary || section.items.empty()) continue;
    message += fmt::format("\n*{}*\n", plain(section.heading));
    const auto shown = std::min(kItems, section.items.size());
    for (std::size_t i = 0; i < shown; ++i) message += as_slack(section.items[i]);
    const auto more = section.items.size() - shown + section.left_out;
    if (more > 0) message += fmt::format("and {} more\n", more);
  }
  if (!page_url.empty()) message += fmt::format("\n<{}|All of it>\n", page_url);
  return message;
}

}  // namespace pgadvisor::daemon::reports
