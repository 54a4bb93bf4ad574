#include "collectors/sql/mentions.hpp"

#include "collectors/sql/tokens.hpp"

namespace pgadvisor::sql {

std::set<std::string> names_in(std::string_view text) {
  std::set<std::string> names;
  for (const auto& token : scan(text).tokens) {
    if (token.kind == TokenKind::kWord || token.kind == TokenKind::kQuotedIdentifier)
      names.insert(identifier_of(text, token));
  }
  return names;
}

bool mentions(std::string_view text, std::string_view relation) {
  return names_in(text).contains(std::string(relation));
}

}  // namespace pgadvisor::sql
