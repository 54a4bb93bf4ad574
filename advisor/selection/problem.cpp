#include "advisor/selection/problem.hpp"

namespace pgadvisor::selection {

Problem make_problem(whatif::WhatIf& whatif, const whatif::CandidateSet& candidates, const WriteModel& writes) {
  Problem problem;
  problem.statements = whatif.size();
  problem.cost = [&whatif](std::size_t statement, const Configuration& configuration) -> model::Result<double> {
    const auto cost = whatif.cost(statement, configuration);
    if (!cost) return cost.error();
    return cost->value * whatif.statement(statement).weight;
  };
  problem.announce = [&whatif](std::size_t statement, const std::vector<Configuration>& configurations) {
    return whatif.ask(statement, configurations);
  };
  problem.touches = [&whatif](std::size_t statement, CandidateId id) { return whatif.touches(statement, id); };
  problem.used = [&whatif](std::size_t statement, const Configuration& configuration) {
    return whatif.used(statement, configuration);
  };
  for (const auto& [id, candidate] : candidates) {
    problem.candidates[id] = {candidate.bytes(), writes.load(candidate).cost};
  }
  return problem;
}

}  // namespace pgadvisor::selection
