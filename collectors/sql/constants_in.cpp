#include "collectors/sql/constants_in.hpp"

#include "collectors/sql/tokens.hpp"

#include <algorithm>

namespace pgadvisor::sql {
namespace {

std::string_view without_quotes(std::string_view literal) {
  const auto first = literal.find('\'');  // after an E or a U&
  const auto last = literal.rfind('\'');
  return first < last ? literal.substr(first + 1, last - first - 1) : literal;
}

}  // namespace

std::set<std::string> constants_in(std::string_view text) {
  std::set<std::string> constants;
  bool negative = false;
  for (const auto& token : scan(text).tokens) {
    const auto written = slice(text, token);
    if (token.kind == TokenKind::kString) constants.emplace(without_quotes(written));
    if (token.kind == TokenKind::kNumber) constants.insert((negative ? "-" : "") + std::string(written));
    negative = written == "-";
  }
  return constants;
}

bool contain(const std::set<std::string>& constants, std::string_view literal) {
  const auto shown = constants_in(literal);
  return !shown.empty() && std::ranges::includes(constants, shown);
}

}  // namespace pgadvisor::sql
