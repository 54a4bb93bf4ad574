#include "advisor/selection/problem.hpp"

#include "advisor/candidates/existing.hpp"
#include "advisor/candidates/serves.hpp"

#include <map>
#include <tuple>
#include <utility>

namespace pgadvisor::selection {
namespace {

using model::IndexDefinition;
using model::Result;

std::function<Result<Plan>(std::size_t, const Configuration&)> plans_of(whatif::WhatIf& whatif,
                                                                        double max_slowdown) {
  return [&whatif, max_slowdown](std::size_t statement, const Configuration& configuration) -> Result<Plan> {
    const auto& analysed = whatif.statement(statement);
    auto execution = whatif.execution(statement, configuration);
    if (!execution) return execution.error();
    // Without a candidate it is today's plan, whose cost moves a little with what else could be done: the
    // planner takes paths that differ by a hundredth for equal (STD_FUZZ_FACTOR).
    const bool refused =
        !execution->used.empty() && execution->expected > analysed.base_cost * (1 + max_slowdown);
    return Plan{execution->cost.value * analysed.weight, std::move(execution->used), refused};
  };
}

IndexDefinition without_include(IndexDefinition definition) {
  definition.include.clear();
  return definition;
}

using ByTable = std::map<model::ObjectName, std::vector<CandidateId>>;

/// Pairs of one on a partitioned table and one on a partition that has a part of it.
void add_within_trees(std::vector<Configuration>& result, const whatif::CandidateSet& candidates,
                      const ByTable& by_table) {
  for (const auto& [id, candidate] : candidates) {
    if (!candidate.relatives || !candidate.is_partitioned()) continue;
    for (const auto& relative : *candidate.relatives) {
      const auto others = by_table.find(relative);
      if (others == by_table.end()) continue;
      auto part = candidate.definition;
      part.table = relative;
      for (const auto other : others->second) {
        if (candidates::exclude_each_other(part, candidates.at(other).definition))
          result.push_back({id, other});
      }
    }
  }
}

/// Those with the same keys and predicate as one set, all others as pairs.
std::vector<Configuration> exclusions(const whatif::CandidateSet& candidates) {
  std::map<IndexDefinition, Configuration> alike;
  ByTable by_table;
  for (const auto& [id, candidate] : candidates) {
    alike[without_include(candidate.definition)].insert(id);
    by_table[candidate.definition.table].push_back(id);
  }
  std::vector<Configuration> result;
  for (const auto& [definition, ids] : alike) {
    if (ids.size() > 1) result.push_back(ids);
  }
  const auto keys_of = [&](CandidateId id) -> const auto& {
    return candidates.at(id).definition.keys;
  };
  for (const auto& [table, ids] : by_table) {
    for (auto a = ids.begin(); a != ids.end(); ++a) {
      for (auto b = std::next(a); b != ids.end(); ++b) {
        const auto& one = candidates.at(*a).definition;
        const auto& other = candidates.at(*b).definition;
        const bool together = keys_of(*a) == keys_of(*b) && one.predicate == other.predicate;
        if (!together && candidates::exclude_each_other(one, other)) result.push_back({*a, *b});
      }
    }
  }
  add_within_trees(result, candidates, by_table);
  return result;
}

}  // namespace

Problem make_problem(whatif::WhatIf& whatif, const whatif::CandidateSet& candidates, const WriteModel& writes,
                     std::span<const model::Index> existing, double max_slowdown) {
  Problem problem;
  problem.statements = whatif.size();
  problem.plan = plans_of(whatif, max_slowdown);
  problem.for_each = [&whatif](auto statements, const auto& work) {
    return whatif.for_each(statements, work);
  };
  problem.touching = [&whatif](std::size_t statement) { return whatif.touching(statement); };
  // Of one family are those that begin with the same column or expression, whatever their operator class.
  std::map<std::tuple<model::ObjectName, std::string, std::string>, int> families;
  std::map<model::ObjectName, int> tables;
  std::map<IndexDefinition, int> keys;
  for (const auto& [id, candidate] : candidates) {
    const auto& definition = candidate.definition;
    const auto& first = definition.keys.front();
    const auto family =
        families.try_emplace({definition.table, first.column, first.expression}, std::ssize(families))
            .first->second;
    const auto table = tables.try_emplace(definition.table, std::ssize(tables)).first->second;
    const auto alike = keys.try_emplace(without_include(definition), std::ssize(keys)).first->second;
    // Otherwise the wider index that was left for a smaller one would be next, once that is built.
    const bool extends = candidates::is_second_copy(definition, existing) ||
                         !candidates::replaced(definition, existing).empty();
    problem.candidates[id] = {candidate.bytes(), writes.load(candidate).cost, family, extends, table, alike};
  }
  problem.exclusive = exclusions(candidates);
  return problem;
}

}  // namespace pgadvisor::selection
