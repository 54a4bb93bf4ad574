#include "collectors/sql/tokens.hpp"

#include <pg_query.h>

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace pgadvisor::sql {

namespace {

/// Reads the two levels of ScanResult (pg_query.proto) without generated code: libpg_query's C header needs
/// protobuf-c's, and token numbers change with every major version, so that kinds are told by the text
/// instead.
class ProtobufReader {
 public:
  explicit ProtobufReader(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] bool done() const { return position_ >= bytes_.size(); }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !done(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_[position_++]);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) break;
    }
    return value;
  }

  std::string_view message() {
    const auto length = std::min<std::uint64_t>(varint(), bytes_.size() - position_);
    const auto inside = bytes_.substr(position_, length);
    position_ += length;
    return inside;
  }

 private:
  std::string_view bytes_;
  std::size_t position_ = 0;
};

bool is_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalpha(byte) != 0 || byte == '_' || byte >= 0x80;
}

/// A word that starts a string or a quoted identifier: E'', B'', X'', N'', U&'' and U&"".
TokenKind kind_of_word(std::string_view text) {
  const bool unicode = text.size() > 2 && text[1] == '&';
  const char mark = unicode ? text[2] : text.size() > 1 ? text[1] : ' ';
  if (mark == '\'') return TokenKind::kString;
  if (mark == '"') return TokenKind::kQuotedIdentifier;
  return TokenKind::kWord;
}

TokenKind kind_of(std::string_view text) {
  const char first = text.front();
  const char second = text.size() > 1 ? text[1] : ' ';
  if (text.starts_with("--") || text.starts_with("/*")) return TokenKind::kComment;
  if (first == '\'') return TokenKind::kString;
  if (first == '"') return TokenKind::kQuotedIdentifier;
  if (first == '$') return is_digit(second) ? TokenKind::kParameter : TokenKind::kString;
  if (is_digit(first) || (first == '.' && is_digit(second))) return TokenKind::kNumber;
  return is_letter(first) ? kind_of_word(text) : TokenKind::kSymbol;
}

Token read_token(std::string_view message, std::string_view text) {
  Token token;
  ProtobufReader fields(message);
  while (!fields.done()) {
    const auto tag = fields.varint() >> 3U;
    const auto value = fields.varint();
    if (tag == 1) token.start = value;
    if (tag == 2) token.end = value;
    if (tag == 5) token.keyword = static_cast<KeywordKind>(value);
  }
  token.end = std::min(token.end, text.size());
  token.start = std::min(token.start, token.end);
  if (token.start < token.end) token.kind = kind_of(slice(text, token));
  return token;
}

}  // namespace

TokenList scan(std::string_view text) {
  TokenList list;
  if (text.find('\0') != std::string_view::npos) {
    list.failure = LexerFailure{};
    return list;
  }
  const std::string terminated(text);
  const PgQueryScanResult result = pg_query_scan(terminated.c_str());
  if (result.error != nullptr) {
    list.failure = LexerFailure{static_cast<std::size_t>(std::max(result.error->cursorpos, 0))};
  } else {
    ProtobufReader outer({result.pbuf.data, result.pbuf.len});
    while (!outer.done()) {
      const auto tag = outer.varint();
      constexpr std::uint64_t kTokens = (2U << 3U) | 2U;  // field 2, length-delimited
      if (tag == kTokens) {
        const Token token = read_token(outer.message(), text);
        if (token.start < token.end) list.tokens.push_back(token);
      } else {
        outer.varint();  // the only other field is the version
      }
    }
  }
  pg_query_free_scan_result(result);
  return list;
}

std::string identifier_of(std::string_view text, const Token& token) {
  std::string name(slice(text, token));
  if (token.kind == TokenKind::kQuotedIdentifier && name.size() >= 2) {
    name = name.substr(1, name.size() - 2);
    for (auto quote = name.find("\"\""); quote != std::string::npos; quote = name.find("\"\"", quote + 1)) {
      name.erase(quote, 1);
    }
  } else {
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  }
  return name;
}

bool is_word(std::string_view text, const Token& token, std::string_view word) {
  const auto found = slice(text, token);
  return token.kind == TokenKind::kWord && found.size() == word.size() &&
         std::equal(found.begin(), found.end(), word.begin(),
                    [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

std::size_t nesting_tokens(std::string_view text, const std::vector<Token>& tokens) {
  const auto may_nest = [&](const Token& token) {
    if (is_constant(token) || token.kind == TokenKind::kParameter || token.kind == TokenKind::kComment)
      return false;
    const auto piece = slice(text, token);
    return piece != "," && piece != "(" && piece != ")" && piece != ".";
  };
  return static_cast<std::size_t>(std::count_if(tokens.begin(), tokens.end(), may_nest));
}

}  // namespace pgadvisor::sql
