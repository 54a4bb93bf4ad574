#include "daemon/utf8.hpp"

#include <cstddef>

namespace pgadvisor::daemon {
namespace {

struct Lead {
  std::size_t length;          ///< of the whole sequence; 0: no sequence starts with this byte
  unsigned char second_least;  ///< bounds of the second byte, which rule out overlong forms and surrogates
  unsigned char second_most;
};

Lead classify(unsigned char byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte >= 0xC2 && byte <= 0xDF) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

/// Length of the well-formed sequence at the start of the text; 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const Lead lead = classify(byte(0));
  if (lead.length <= 1) return lead.length;
  if (text.size() < lead.length) return 0;
  if (byte(1) < lead.second_least || byte(1) > lead.second_most) return 0;
  for (std::size_t i = 2; i < lead.length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return lead.length;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    std::size_t valid = 0;
    while (valid < text.size()) {
      const std::size_t length = sequence_length(text.substr(valid));
      if (length == 0) break;
      valid += length;
    }
    result += text.substr(0, valid);
    text.remove_prefix(valid);
    if (text.empty()) break;
    result += "\xEF\xBF\xBD";
    text.remove_prefix(1);
  }
  return result;
}

}  // namespace pgadvisor::daemon
