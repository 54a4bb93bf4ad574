#pragma once

#include <set>
#include <string>
#include <string_view>

namespace pgadvisor::sql {

/// All constants of the text, strings without their quotes, negative numbers with their sign: deparsed, the
/// same value may have lost or won both. None when the lexer fails. Any thread.
[[nodiscard]] std::set<std::string> constants_in(std::string_view text);

/// Whether the constants of a literal, or of a list of them, are all among these; not where it has none.
[[nodiscard]] bool contain(const std::set<std::string>& constants, std::string_view literal);

}  // namespace pgadvisor::sql
