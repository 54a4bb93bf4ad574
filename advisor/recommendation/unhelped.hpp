#pragma once

#include "advisor/recommendation/recommend.hpp"
#include "collectors/model/table_trees.hpp"

#include <optional>
#include <span>
#include <vector>

namespace pgadvisor::recommendation {

/// A word and a sentence.
struct Reason {
  std::string word;
  std::string message;
};

/// Why no index lowers what a statement costs, as far as what it reads proves it; nothing otherwise. Tables
/// of fewer pages than `min_table_pages` get no index.
[[nodiscard]] std::optional<Reason> why_unhelped(const workload::AnalysedStatement& statement,
                                                 const model::TableTrees& trees,
                                                 std::int64_t min_table_pages);

/// What keeps the indexes of a statement's best plan from being chosen as well; the message ends a sentence.
[[nodiscard]] Reason why_not_chosen(const selection::Problem& problem,
                                    const selection::Constraints& constraints,
                                    const sandbox::Configuration& chosen, const selection::Plan& best);

/// Under which limits was chosen, and what was told of the rest; all of it outlives the call.
struct Choice {
  const selection::Constraints& constraints;
  std::span<const advisor::Alternative> alternatives;
  std::int64_t min_table_pages;
};

/// The statements that take a hundredth of the workload or more and that the selection leaves as they are, up
/// to a twentieth of their cost, each with its reason. The planner knows the answers already.
[[nodiscard]] model::Result<std::vector<advisor::UnhelpedStatement>> unhelped(const Evidence& evidence,
                                                                              const Choice& choice);

}  // namespace pgadvisor::recommendation
