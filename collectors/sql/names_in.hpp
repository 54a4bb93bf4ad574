#pragma once

#include <set>
#include <string>
#include <string_view>

namespace pgadvisor::sql {

/// All words and quoted names of the text, folded as PostgreSQL does; none when the lexer fails. Any thread.
[[nodiscard]] std::set<std::string> names_in(std::string_view text);

}  // namespace pgadvisor::sql
