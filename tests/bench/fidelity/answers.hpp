#pragma once

#include "advisor/sandbox/database.hpp"
#include "collectors/model/ids.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace pgadvisor::bench {

/// Indexes of a schema by their place in Schema::indexes, ascending.
using IndexSet = std::vector<std::size_t>;

struct Size {
  double pages = 0;
  double tuples = 0;          ///< of B-trees
  std::optional<int> height;  ///< of B-trees, where the planner in question says
};

/// An index that was built: of a candidate on a partitioned table, the one on a partition.
struct BuiltPart {
  model::ObjectName table;
  sandbox::IndexSize size;
};

/// By statement, in the planner's unit and as EXPLAIN prints it; nullopt: it could not be planned.
using Costs = std::vector<std::optional<double>>;

/// What one of the three says of a schema: the sandbox, HypoPG, or production with the indexes built.
struct Answers {
  std::vector<std::optional<Size>> sizes;  ///< by index; nullopt: it could not make that index
  std::vector<Costs> costs;                ///< by index set asked
};

/// `planner` has sizes(), show(IndexSet) and cost(statement).
template <class Planner>
[[nodiscard]] Answers ask(Planner& planner, const std::vector<IndexSet>& sets, std::size_t statements) {
  Answers answers{planner.sizes(), {}};
  for (const auto& set : sets) {
    planner.show(set);
    auto& costs = answers.costs.emplace_back();
    for (std::size_t statement = 0; statement < statements; ++statement) {
      costs.push_back(planner.cost(statement));
    }
  }
  return answers;
}

}  // namespace pgadvisor::bench
