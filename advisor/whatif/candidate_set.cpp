#include "advisor/whatif/candidate_set.hpp"

#include "advisor/sandbox/relation_sizes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace pgadvisor::whatif {

using model::NextStep;
using model::Result;

namespace {

/// Beyond so many partitions the others are taken to be like these.
constexpr std::size_t kMostParts = 64;

const model::Table* find_table(const model::ObjectName& name, const model::DatabaseSnapshot& snapshot) {
  const auto table = std::ranges::find(snapshot.tables, name, &model::Table::name);
  return table == snapshot.tables.end() ? nullptr : &*table;
}

/// Of the index on one ordinary table.
Result<sandbox::IndexSize> part_size(const sandbox::CandidatePart& part, double selectivity,
                                     const model::DatabaseSnapshot& snapshot, sandbox::Database& sandbox) {
  const auto* table = find_table(part.table, snapshot);
  if (table == nullptr) return model::skip("a partition is not part of the snapshot");
  const double rows = sandbox::rows_of(*table);
  const auto facts = sandbox.key_facts(part.index, rows);
  if (!facts) return facts.error();
  return sandbox::estimate_size(*facts, rows, static_cast<double>(table->pages), selectivity);
}

Result<std::vector<sandbox::CandidatePart>> parts_of(sandbox::CandidateId id, const Candidate& candidate,
                                                     sandbox::Database& sandbox) {
  if (candidate.table->kind == 'p') return sandbox.parts(id);
  return std::vector<sandbox::CandidatePart>{{id, candidate.definition.table}};
}

/// Sizes the candidate's index on each partition and answers them together.
Result<sandbox::IndexSize> size_parts(sandbox::CandidateId id, const Candidate& candidate,
                                      const model::DatabaseSnapshot& snapshot, sandbox::Database& sandbox) {
  const auto parts = parts_of(id, candidate, sandbox);
  if (!parts) return parts.error();
  const bool all = parts->size() <= kMostParts;
  sandbox::IndexSize total{0, 0, -1};
  for (const auto& part : std::span(*parts).first(std::min(parts->size(), kMostParts))) {
    const auto size = part_size(part, candidate.selectivity, snapshot, sandbox);
    if (!size) return size.error();
    if (auto done = all ? sandbox.set_part_size(part.index, *size) : Result<void>{}; !done)
      return done.error();
    total.pages += size->pages;
    total.tuples += size->tuples;
    total.tree_height = std::max(total.tree_height, size->tree_height);
  }
  if (all) return total;
  const double rows = sandbox::rows_of(*candidate.table) * candidate.selectivity;
  total.pages =
      std::llround(static_cast<double>(total.pages) * std::max(1.0, rows / std::max(1.0, total.tuples)));
  total.tuples = rows;
  if (auto done = sandbox.set_size(id, total); !done) return done.error();
  return total;
}

}  // namespace

Result<Candidate> size_candidate(sandbox::CandidateId id, const model::IndexDefinition& definition,
                                 std::string sandbox_name, const model::DatabaseSnapshot& snapshot,
                                 sandbox::Database& sandbox) {
  const auto* table = find_table(definition.table, snapshot);
  if (table == nullptr) return model::skip("the table is not part of the snapshot");
  Candidate candidate{definition, table, {}, 1, std::move(sandbox_name)};
  if (!definition.predicate.empty()) {
    const auto selectivity = sandbox.selectivity(definition.table, definition.predicate);
    if (!selectivity) return selectivity.error();
    candidate.selectivity = *selectivity;
  }
  const auto size = size_parts(id, candidate, snapshot, sandbox);
  if (!size) return size.error();
  candidate.size = *size;
  return candidate;
}

Result<CandidateSet> create_candidates(const std::set<model::IndexDefinition>& definitions,
                                       std::string_view origin, const model::DatabaseSnapshot& snapshot,
                                       sandbox::Database& sandbox, std::stop_token stop) {
  CandidateSet candidates;
  for (const auto& definition : definitions) {
    if (stop.stop_requested()) break;
    const auto name = fmt::format("pgadvisor_{}_{}", origin, candidates.size());
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
