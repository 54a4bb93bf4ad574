#pragma once

// Private to advisor/sandbox: what the planner module's functions answer, as structs.

#include "advisor/sandbox/database.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::sandbox {

/// The JSON of pgadvisor_scans(). Scans the planner looked at twice alike (a subquery it planned two ways)
/// come once.
[[nodiscard]] model::Result<StatementScans> parse_scans(std::string_view json);

/// The JSON of pgadvisor_costs().
[[nodiscard]] model::Result<std::vector<PlanCost>> parse_costs(std::string_view json);

/// SQL without the parentheses that enclose all of it: "((a + b))" is "a + b", "(a) + (b)" stays.
[[nodiscard]] std::string strip_parentheses(std::string_view expression);

}  // namespace pgadvisor::sandbox
