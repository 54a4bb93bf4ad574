#include "collectors/sql/quote.hpp"

#include "collectors/sql/tokens.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace pgadvisor::sql {

namespace {

constexpr std::size_t kLongestName = 63;  // NAMEDATALEN - 1

/// The words of an expression: lower((email)::text) -> lower_email_text.
std::string words_of(const std::string& expression) {
  std::string words;
  for (const Token& token : scan(expression).tokens) {
    if (token.kind != TokenKind::kWord && token.kind != TokenKind::kQuotedIdentifier) continue;
    std::string word(slice(expression, token));
    std::erase(word, '"');
    // Upper case would have to be quoted; bytes beyond ASCII stay as they are.
    std::ranges::transform(word, word.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (!words.empty()) words += '_';
    words += word;
  }
  return words.empty() ? "expression" : words;
}

/// FNV-1a, 32 bits.
std::uint32_t hash_of(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

std::string cut(std::string_view text, std::size_t size) {
  const auto continues = [&](std::size_t i) {
    return (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;
  };
  while (size > 0 && continues(size)) --size;
  return std::string(text.substr(0, size));
}

/// `name` and `suffix` in at most 63 bytes; a cut name ends with a hash of the whole.
std::string fit(const std::string& name, const std::string& suffix) {
  if (name.size() + suffix.size() <= kLongestName) return name + suffix;
  const std::string mark = fmt::format("_{:08x}", hash_of(name));
  return cut(name, kLongestName - mark.size() - suffix.size()) + mark + suffix;
}

}  // namespace

std::string index_name(const model::IndexDefinition& definition, const std::vector<std::string>& taken) {
  std::string name = "ix_" + definition.table.name;
  for (const auto& key : definition.keys)
    name += '_' + (key.column.empty() ? words_of(key.expression) : key.column);
  std::string candidate = fit(name, "");
  for (int number = 2; std::find(taken.begin(), taken.end(), candidate) != taken.end(); ++number) {
    candidate = fit(name, fmt::format("_{}", number));
  }
  return candidate;
}

}  // namespace pgadvisor::sql
