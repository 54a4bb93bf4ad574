#pragma once

#include <optional>
#include <string>

namespace pgadvisor::bench {

/// Where two EXPLAIN (FORMAT JSON) texts part first, from the leaves up: other nodes, other row estimates,
/// other costs. `bare` is production's plan without any index: it tells whether rows differ because an index
/// exists or because the statistics do. Empty when there is no difference.
[[nodiscard]] std::string plan_difference(const std::string& sandbox, const std::string& production,
                                          const std::optional<std::string>& bare);

}  // namespace pgadvisor::bench
