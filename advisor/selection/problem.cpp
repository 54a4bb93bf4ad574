#include "advisor/selection/problem.hpp"

#include <map>

namespace pgadvisor::selection {

Problem make_problem(whatif::WhatIf& whatif, const whatif::CandidateSet& candidates,
                     const WriteModel& writes) {
  Problem problem;
  problem.statements = whatif.size();
  problem.cost = [&whatif](std::size_t statement,
                           const Configuration& configuration) -> model::Result<double> {
    const auto cost = whatif.cost(statement, configuration);
    if (!cost) return cost.error();
    return cost->value * whatif.statement(statement).weight;
  };
  problem.touches = [&whatif](std::size_t statement, CandidateId id) {
    return whatif.touches(statement, id);
  };
  problem.used = [&whatif](std::size_t statement, const Configuration& configuration) {
    return whatif.used(statement, configuration);
  };
  std::map<std::pair<model::ObjectName, model::IndexKey>, int> families;
  for (const auto& [id, candidate] : candidates) {
    const auto& definition = candidate.definition;
    const auto family =
        families.try_emplace({definition.table, definition.keys.front()}, std::ssize(families)).first->second;
    problem.candidates[id] = {candidate.bytes(), writes.load(candidate).cost, family};
  }
  return problem;
}

}  // namespace pgadvisor::selection
