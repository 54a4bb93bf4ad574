#include "daemon/reports/words.hpp"

#include "daemon/text.hpp"
#include "daemon/utf8.hpp"

#include <fmt/format.h>

#include <cmath>

namespace pgadvisor::daemon::reports {
namespace {

/// The code point at the beginning of valid UTF-8, and its length.
std::pair<std::uint32_t, std::size_t> code_point(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  std::uint32_t code = length == 1 ? first : first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) code = code << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
  return {code, length};
}

/// Controls of C1, zero-width characters, directional marks, embeddings and isolates (Unicode TR 36), line
/// and paragraph separators, byte order mark, tags.
bool is_hidden(std::uint32_t code) {
  return (code >= 0x80 && code < 0xA0) || code == 0xAD || code == 0x61C ||
         (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF || (code >= 0xE0000 && code <= 0xE007F);
}

}  // namespace

std::string visible(std::string_view raw) {
  const auto valid = valid_utf8(raw);
  std::string result;
  for (std::string_view rest = valid; !rest.empty();) {
    const auto [code, length] = code_point(rest);
    if (code < 0x20 || code == 0x7F) {
      result += fmt::format("\\x{:02x}", code);
    } else if (is_hidden(code)) {
      result += fmt::format("\\u{:04x}", code);
    } else {
      result += rest.substr(0, length);
    }
    rest.remove_prefix(length);
  }
  return result;
}

std::string shortened(std::string_view raw, std::size_t length) {
  std::string line;
  for (const char byte : raw) {
    const bool space = byte == '\n' || byte == '\t' || byte == '\r' || byte == ' ';
    if (!space) line += byte;
    if (space && !line.empty() && line.back() != ' ') line += ' ';
  }
  line = visible(line);
  if (line.size() <= length) return line;
  auto end = length;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
  return line.substr(0, end) + "...";
}

std::string value_text(Figure::Kind kind, const std::optional<double>& value) {
  if (!value) return "\u2013";
  switch (kind) {
    case Figure::Kind::kCount:
      return fmt::format("{:.0f}", *value);
    case Figure::Kind::kBytes:
      return text::pretty(model::Bytes{std::llround(*value)});
    case Figure::Kind::kTimePerDay:
      return text::pretty(model::Milliseconds(*value)) + " a day";
    case Figure::Kind::kShare:
      return fmt::format("{:.1f} %", 100 * *value);
  }
  return {};
}

std::string change_text(const Figure& figure) {
  if (!figure.value || !figure.before) return {};
  const double change = *figure.value - *figure.before;
  const auto size = value_text(figure.kind, std::abs(change));
  if (size == value_text(figure.kind, 0)) return "same";
  return (change > 0 ? "+" : "-") + size;
}

std::string percent_change(double ratio) {
  return fmt::format("{:+.0f} %", 100 * (ratio - 1));
}

}  // namespace pgadvisor::daemon::reports
