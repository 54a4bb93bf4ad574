#include "daemon/reports/words.hpp"
#include "daemon/reports/writers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace pgadvisor::daemon::reports {
namespace {

bool is_word(char byte) {
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 ||
         (static_cast<unsigned char>(byte) & 0x80U) != 0;
}

/// Whether Markdown could take the character of plain text as more than itself. An underscore within a word
/// is none; the colon, the dot and the @ are what links are known by without being marked as such.
bool is_special(std::string_view text, std::size_t i) {
  const char before = i > 0 ? text[i - 1] : ' ';
  const char after = i + 1 < text.size() ? text[i + 1] : ' ';
  switch (text[i]) {
    case '_':
      return !is_word(before) || !is_word(after);
    case ':':
      return after == '/';
    case '.':
      return i >= 3 && (text.substr(i - 3, 3) == "www" || text.substr(i - 3, 3) == "WWW");
    default:
      return std::string_view("\\`*[]<>&#|~!@").find(text[i]) != std::string_view::npos;
  }
}

/// The mark that would make the start of a line a numbered list ("3. "), a bullet or the rule below a
/// heading.
std::size_t list_mark(std::string_view text) {
  const auto mark = std::min(text.find_first_not_of("0123456789"), text.size());
  if (mark == text.size()) return mark;
  const auto marks = std::string_view(mark == 0 ? "+-=" : ".)");
  const bool ends = mark + 1 == text.size() || text[mark + 1] == ' ' || text[mark + 1] == text[mark];
  return ends && marks.find(text[mark]) != std::string_view::npos ? mark : text.size();
}

std::string escaped_markdown(std::string_view raw, bool at_start = false) {
  const auto text = visible(raw);
  const auto mark = at_start ? list_mark(text) : text.size();
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == mark || is_special(text, i)) result += '\\';
    result += text[i];
  }
  return result;
}

/// CommonMark 6.1: fenced by more backticks than it holds in a row; a space beside one at its end goes.
std::string markdown_code(std::string_view raw) {
  const auto text = visible(raw);
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char byte : text) {
    run = byte == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const bool padded = text.empty() || text.front() == '`' || text.back() == '`' ||
                      (text.front() == ' ' && text.back() == ' ');
  const std::string fence(longest + 1, '`');
  const char* space = padded ? " " : "";
  return fence + space + text + space + fence;
}

std::string as_markdown(const Line& line) {
  std::string markdown;
  for (const auto& span : line) {
    switch (span.kind) {
      case Span::Kind::kText:
        markdown += escaped_markdown(span.text, markdown.empty());
        break;
      case Span::Kind::kStrong:
        markdown += fmt::format("**{}**", escaped_markdown(span.text));
        break;
      case Span::Kind::kCode:
        markdown += markdown_code(span.text);
        break;
    }
  }
  return markdown;
}

std::string as_markdown(const Item& item) {
  auto markdown = "- " + as_markdown(item.title);
  if (!item.link.empty()) markdown += fmt::format(" <{}>", visible(item.link));
  markdown += '\n';
  for (const auto& detail : item.details) markdown += "  - " + as_markdown(detail) + "\n";
  if (!item.sql.empty()) markdown += "  - " + markdown_code(item.sql + ";") + "\n";
  return markdown;
}

std::string markdown_table(const std::vector<Row>& rows) {
  std::string markdown = "| | now | before | change |\n|---|---|---|---|\n";
  for (const auto& row : rows) {
    markdown +=
        fmt::format("| {} | {} | {} | {} |\n", escaped_markdown(row.label), escaped_markdown(row.value),
                    escaped_markdown(row.before), escaped_markdown(row.change));
  }
  return markdown;
}

std::string as_markdown(const Section& section) {
  auto markdown = fmt::format("## {}\n\n", escaped_markdown(section.heading));
  for (const auto& line : section.intro) markdown += as_markdown(line) + "\n\n";
  if (!section.figures.empty()) markdown += markdown_table(section.figures) + "\n";
  for (const auto& item : section.items) markdown += as_markdown(item);
  if (!section.items.empty()) markdown += "\n";
  if (section.left_out > 0) markdown += fmt::format("and {} more\n\n", section.left_out);
  return markdown;
}

}  // namespace

std::string as_markdown(const Document& document) {
  auto markdown = fmt::format("# {}\n\n", escaped_markdown(document.title));
  for (const auto& line : document.lead) markdown += as_markdown(line) + "\n\n";
  for (const auto& section : document.sections) markdown += as_markdown(section);
  return markdown + fmt::format("---\n\n{}\n", escaped_markdown(document.foot));
}

}  // namespace pgadvisor::daemon::reports
