#pragma once

#include <string_view>

namespace pgadvisor::sql {

/// Whether a word or quoted name of the text is this relation's name, whatever its schema. False when the
/// lexer fails. Any thread.
[[nodiscard]] bool mentions(std::string_view text, std::string_view relation);

}  // namespace pgadvisor::sql
