#include "collectors/sql/parentheses.hpp"

namespace pgadvisor::sql {

namespace {

/// Where the parenthesis that opens `expression` is closed; npos when it does not start with one.
std::size_t closing(std::string_view expression) {
  int depth = 0;
  char quote = 0;
  if (!expression.starts_with('(')) return std::string_view::npos;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    if (quote != 0) {
      if (c == quote) quote = 0;  // a doubled quote closes and opens again
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && --depth == 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

}  // namespace

std::string strip_parentheses(std::string_view expression) {
  while (expression.size() > 2 && closing(expression) == expression.size() - 1) {
    expression = expression.substr(1, expression.size() - 2);
  }
  return std::string(expression);
}

}  // namespace pgadvisor::sql
