#pragma once

#include <optional>
#include <string>

namespace pgadvisor::bench {

/// What a scan looks for.
struct ScanCondition {
  std::string relation;
  std::string condition;       ///< SQL
  std::optional<double> rows;  ///< that the sandbox expects from it, where its plan says so
};

struct PlanDifference {
  std::string text;                   ///< empty: there is none
  std::optional<ScanCondition> scan;  ///< when the first difference is at a scan with a condition
};

/// Where two EXPLAIN (FORMAT JSON) texts part first, from the leaves up: other nodes, other row estimates,
/// other costs.
[[nodiscard]] PlanDifference plan_difference(const std::string& sandbox, const std::string& production);

}  // namespace pgadvisor::bench
