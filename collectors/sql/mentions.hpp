#pragma once

#include <set>
#include <string>
#include <string_view>

namespace pgadvisor::sql {

/// All words and quoted names of the text, folded as PostgreSQL does; none when the lexer fails. Any thread.
[[nodiscard]] std::set<std::string> names_in(std::string_view text);

/// Whether a word or quoted name of the text is this relation's name, whatever its schema. False when the
/// lexer fails. Any thread.
[[nodiscard]] bool mentions(std::string_view text, std::string_view relation);

}  // namespace pgadvisor::sql
