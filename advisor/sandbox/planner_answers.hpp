#pragma once

// Private to advisor/sandbox: what the planner module's functions answer, as structs.

#include "advisor/sandbox/plan_cost.hpp"
#include "advisor/sandbox/scan.hpp"
#include "collectors/model/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::sandbox {

/// The JSON of pgadvisor_scans(). Scans the planner looked at twice alike (a subquery it planned two ways)
/// come once.
[[nodiscard]] model::Result<StatementScans> parse_scans(std::string_view json);

/// The JSON of pgadvisor_costs().
[[nodiscard]] model::Result<std::vector<PlanCost>> parse_costs(std::string_view json);

}  // namespace pgadvisor::sandbox
