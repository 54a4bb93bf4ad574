#include "collectors/sql/mentions.hpp"

#include "collectors/sql/tokens.hpp"

#include <algorithm>

namespace pgadvisor::sql {

bool mentions(std::string_view text, std::string_view relation) {
  const auto tokens = scan(text).tokens;
  return std::ranges::any_of(tokens, [&](const Token& token) {
    const bool name = token.kind == TokenKind::kWord || token.kind == TokenKind::kQuotedIdentifier;
    return name && identifier_of(text, token) == relation;
  });
}

}  // namespace pgadvisor::sql
