#include "collectors/sql/names_in.hpp"

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

}  // namespace pgadvisor::sql
