#include "advisor/whatif/candidate_set.hpp"

#include "advisor/sandbox/relation_sizes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::whatif {

using model::NextStep;
using model::Result;

namespace {

/// Of a partitioned table: those of all its partitions.
double heap_pages(const model::Table& table, const model::DatabaseSnapshot& snapshot) {
  double pages = static_cast<double>(table.pages);
  for (const auto& child : snapshot.tables)
    if (table.kind == 'p' && child.parent == table.oid) pages += heap_pages(child, snapshot);
  return pages;
}

}  // namespace

Result<Candidate> size_candidate(sandbox::CandidateId id, const model::IndexDefinition& definition,
                                 std::string sandbox_name, const model::DatabaseSnapshot& snapshot,
                                 sandbox::Database& sandbox) {
  const auto table = std::find_if(snapshot.tables.begin(), snapshot.tables.end(),
                                  [&](const auto& entry) { return entry.name == definition.table; });
  if (table == snapshot.tables.end()) return model::skip("the table is not part of the snapshot");
  Candidate candidate{definition, &*table, {}, 1, std::move(sandbox_name)};
  if (!definition.predicate.empty()) {
    const auto selectivity = sandbox.selectivity(definition.table, definition.predicate);
    if (!selectivity) return selectivity.error();
    candidate.selectivity = *selectivity;
  }
  const double rows = sandbox::rows_of(*table);
  const auto facts = sandbox.key_facts(id, rows);
  if (!facts) return facts.error();
  candidate.size = sandbox::estimate_size(*facts, rows, heap_pages(*table, snapshot), candidate.selectivity);
  if (auto done = sandbox.set_size(id, candidate.size); !done) return done.error();
  return candidate;
}

Result<CandidateSet> create_candidates(const std::set<model::IndexDefinition>& definitions,
                                       const model::DatabaseSnapshot& snapshot, sandbox::Database& sandbox,
                                       std::stop_token stop) {
  CandidateSet candidates;
  for (const auto& definition : definitions) {
    if (stop.stop_requested()) break;
    const auto name = fmt::format("pgadvisor_candidate_{}", candidates.size());
    const auto id = sandbox.create_candidate(definition, name);
    if (!id && id.error().next == NextStep::kReconnect) return id.error();
    if (!id) continue;
    auto candidate = size_candidate(*id, definition, name, snapshot, sandbox);
    if (candidate) {
      candidates.emplace(*id, std::move(*candidate));
    } else if (candidate.error().next == NextStep::kReconnect) {
      return candidate.error();
    } else if (auto dropped = sandbox.drop_candidate(*id); !dropped) {
      return dropped.error();
    }
  }
  return candidates;
}

}  // namespace pgadvisor::whatif
