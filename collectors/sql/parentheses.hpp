#pragma once

#include <string>
#include <string_view>

namespace pgadvisor::sql {

/// SQL without the parentheses that enclose all of it: "((a + b))" is "a + b", "(a) + (b)" stays.
[[nodiscard]] std::string strip_parentheses(std::string_view expression);

}  // namespace pgadvisor::sql
