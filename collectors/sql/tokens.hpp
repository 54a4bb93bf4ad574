#pragma once

// Private to collectors/sql: the lexer of PostgreSQL (libpg_query) as plain values.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::sql {

enum class TokenKind { kWord, kQuotedIdentifier, kString, kNumber, kParameter, kComment, kSymbol };

/// As PostgreSQL's keyword lists have it; kNone for an ordinary name and for everything that is no word.
enum class KeywordKind { kNone = 0, kUnreserved = 1, kColumnName = 2, kTypeOrFunction = 3, kReserved = 4 };

/// A piece of a text: bytes [start, end).
struct Token {
  std::size_t start = 0;
  std::size_t end = 0;
  TokenKind kind = TokenKind::kSymbol;
  KeywordKind keyword = KeywordKind::kNone;
};

struct LexerFailure {
  std::size_t character = 0;  ///< 1-based, in characters; 0 when not known
};

struct TokenList {
  std::vector<Token> tokens;
  std::optional<LexerFailure> failure;  ///< e.g. an unterminated string; tokens is empty then
};

/// The lexer stops at a NUL, which PostgreSQL has in no text: that is a failure too.
[[nodiscard]] TokenList scan(std::string_view text);

[[nodiscard]] inline std::string_view slice(std::string_view text, const Token& token) {
  return text.substr(token.start, token.end - token.start);
}

/// Whether the token is this word (lower-case letters), in any case and not quoted.
[[nodiscard]] bool is_word(std::string_view text, const Token& token, std::string_view word);

/// What a word or a quoted identifier names: folded to lower case, or without its quotes.
[[nodiscard]] std::string identifier_of(std::string_view text, const Token& token);

[[nodiscard]] inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

[[nodiscard]] inline bool is_constant(const Token& token) {
  return token.kind == TokenKind::kString || token.kind == TokenKind::kNumber;
}

/// How many tokens may be a level of nesting each: names and operators. Lists of constants do not nest.
[[nodiscard]] std::size_t nesting_tokens(std::string_view text, const std::vector<Token>& tokens);

}  // namespace pgadvisor::sql
