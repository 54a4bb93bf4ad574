#include "advisor/selection/problem.hpp"

#include <algorithm>

namespace pgadvisor::selection {
namespace {

bool is_leaner(const model::IndexDefinition& a, const model::IndexDefinition& b) {
  return a.table == b.table && a.method == b.method && a.keys == b.keys && a.predicate == b.predicate &&
         a.include.size() < b.include.size() && std::ranges::includes(b.include, a.include);
}

}  // namespace

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
  problem.announce = [&whatif](std::size_t statement, const std::vector<Configuration>& configurations) {
    return whatif.ask(statement, configurations);
  };
  problem.touches = [&whatif](std::size_t statement, CandidateId id) {
    return whatif.touches(statement, id);
  };
  problem.used = [&whatif](std::size_t statement, const Configuration& configuration) {
    return whatif.used(statement, configuration);
  };
  problem.leaner = [&candidates](CandidateId id) {
    Configuration result;
    for (const auto& [other, candidate] : candidates) {
      if (is_leaner(candidate.definition, candidates.at(id).definition)) result.insert(other);
    }
    return result;
  };
  for (const auto& [id, candidate] : candidates) {
    problem.candidates[id] = {candidate.bytes(), writes.load(candidate).cost};
  }
  return problem;
}

}  // namespace pgadvisor::selection
