#pragma once

#include <optional>
#include <string>

namespace pgadvisor::bench {

/// Where two EXPLAIN (FORMAT JSON) texts part first, from the leaves up: other nodes, other row estimates,
/// other costs. `without` is production's plan without the indexes in question: rows that the indexes' mere
/// existence changed are told apart. Empty when there is no difference.
[[nodiscard]] std::string plan_difference(const std::string& sandbox, const std::string& production,
                                          const std::optional<std::string>& without);

}  // namespace pgadvisor::bench
