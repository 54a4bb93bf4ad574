#include "advisor/whatif/harvest.hpp"

#include "advisor/candidates/candidates.hpp"
#include "advisor/whatif/whatif.hpp"
#include "collectors/model/table_trees.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

namespace pgadvisor::whatif {
namespace {

using model::Result;
using sandbox::Configuration;

/// Largest size of a candidate, as a share of its table's.
constexpr std::array kShares{1e9, 0.25, 0.06, 0.015};
constexpr int kRounds = 2;

double share_of_table(const Candidate& candidate, const model::TableTrees& trees) {
  return static_cast<double>(candidate.size.pages) /
         static_cast<double>(std::max<std::int64_t>(1, trees.pages(*candidate.table)));
}

/// Adds what one statement's plans use.
Result<void> add_used(WhatIf& whatif, std::size_t statement, Configuration visible, Configuration& used) {
  for (int round = 0; round < kRounds && !visible.empty(); ++round) {
    const auto execution = whatif.execution(statement, visible);
    if (!execution) return execution.error();
    if (execution->used.empty()) return {};
    used.insert(execution->used.begin(), execution->used.end());
    for (const auto id : execution->used) visible.erase(id);
  }
  return {};
}

Result<Configuration> used_candidates(WhatIf& whatif, const CandidateSet& candidates,
                                      const model::DatabaseSnapshot& snapshot, const std::stop_token& stop) {
  const model::TableTrees trees(snapshot.tables);
  std::map<sandbox::CandidateId, double> shares;
  for (const auto& [id, candidate] : candidates) shares[id] = share_of_table(candidate, trees);
  std::vector<Configuration> used(whatif.size());  // by statement
  std::vector<std::size_t> statements(whatif.size());
  std::iota(statements.begin(), statements.end(), std::size_t{0});
  auto done = whatif.for_each(statements, [&](std::size_t statement) -> Result<void> {
    const auto touching = whatif.touching(statement);
    for (const double share : kShares) {
      if (stop.stop_requested()) break;
      Configuration visible;
      for (const auto id : touching) {
        if (shares.at(id) <= share) visible.insert(visible.end(), id);
      }
      if (auto added = add_used(whatif, statement, std::move(visible), used[statement]); !added) return added;
    }
    return {};
  });
  if (!done) return done.error();
  Configuration kept;
  for (const auto& its : used) kept.insert(its.begin(), its.end());
  return kept;
}

}  // namespace

Result<CandidateSet> harvest(const std::set<model::IndexDefinition>& definitions,
                             std::span<const workload::AnalysedStatement> statements,
                             const model::DatabaseSnapshot& snapshot, sandbox::Database& sandbox,
                             std::stop_token stop) {
  auto candidates = create_candidates(definitions, "candidate", snapshot, sandbox, stop);
  if (!candidates) return candidates;
  WhatIf whatif(sandbox, statements, *candidates);
  const auto used = used_candidates(whatif, *candidates, snapshot, stop);
  if (!used) return used.error();
  std::erase_if(*candidates, [&](const auto& entry) { return !used->contains(entry.first); });

  std::set<model::IndexDefinition> kept;
  for (const auto& [id, candidate] : *candidates) kept.insert(candidate.definition);
  auto merged = create_candidates(candidates::merge(kept, snapshot), "merged", snapshot, sandbox, stop);
  if (!merged) return merged;
  candidates->merge(*merged);
  return candidates;
}

}  // namespace pgadvisor::whatif
