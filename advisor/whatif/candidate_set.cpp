#include "advisor/whatif/candidate_set.hpp"

#include "advisor/sandbox/relation_sizes.hpp"
#include "collectors/model/table_trees.hpp"

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

std::vector<model::ObjectName> relatives_of(const model::Table& table, const model::TableTrees& trees) {
  std::vector<model::ObjectName> names;
  for (const auto* tree : trees.above(table)) names.push_back(tree->name);
  for (const auto* part : trees.below(table)) names.push_back(part->name);
  std::ranges::sort(names);
  return names;
}

/// Of the index on one ordinary table.
Result<sandbox::IndexSize> part_size(const sandbox::CandidatePart& part, double selectivity,
                                     const model::TableTrees& trees, sandbox::Database& sandbox) {
  const auto* table = trees.find(part.table);
  if (table == nullptr) return model::skip("a partition is not part of the snapshot");
  const double rows = sandbox::rows_of(*table);
  const auto facts = sandbox.key_facts(part.index, rows);
  if (!facts) return facts.error();
  return sandbox::estimate_size(*facts, rows, static_cast<double>(table->pages), selectivity);
}

Result<std::vector<sandbox::CandidatePart>> parts_of(sandbox::CandidateId id, const Candidate& candidate,
                                                     sandbox::Database& sandbox) {
  if (candidate.is_partitioned()) return sandbox.parts(id);
  return std::vector<sandbox::CandidatePart>{{id, candidate.definition.table}};
}

/// Sizes the candidate's index on each partition and answers them together.
Result<sandbox::IndexSize> size_parts(sandbox::CandidateId id, const Candidate& candidate,
                                      const model::TableTrees& trees, sandbox::Database& sandbox) {
  const auto parts = parts_of(id, candidate, sandbox);
  if (!parts) return parts.error();
  const bool all = parts->size() <= kMostParts;
  sandbox::IndexSize total{0, 0, -1};
  for (const auto& part : std::span(*parts).first(std::min(parts->size(), kMostParts))) {
    const auto size = part_size(part, candidate.selectivity, trees, sandbox);
    if (!size) return size.error();
    if (auto done = all ? sandbox.set_part_size(part.index, *size) : Result<void>{}; !done)
      return done.error();
    total.pages += size->pages;
    total.tuples += size->tuples;
    total.tree_height = std::max(total.tree_height, size->tree_height);
  }
  if (all) return total;
  double rows = 0;
  for (const auto* leaf : trees.leaves(*candidate.table))
    rows += sandbox::rows_of(*leaf) * candidate.selectivity;
  total.pages =
      std::llround(static_cast<double>(total.pages) * std::max(1.0, rows / std::max(1.0, total.tuples)));
  total.tuples = rows;
  if (auto done = sandbox.set_size(id, total); !done) return done.error();
  return total;
}

Result<Candidate> size_within(sandbox::CandidateId id, const model::IndexDefinition& definition,
                              std::string sandbox_name, const model::TableTrees& trees,
                              sandbox::Database& sandbox) {
  const auto* table = trees.find(definition.table);
  if (table == nullptr) return model::skip("the table is not part of the snapshot");
  Candidate candidate{definition, table, {}, 1, std::move(sandbox_name)};
  if (!definition.predicate.empty()) {
    const auto selectivity = sandbox.selectivity(definition.table, definition.predicate);
    if (!selectivity) return selectivity.error();
    candidate.selectivity = *selectivity;
  }
  const auto size = size_parts(id, candidate, trees, sandbox);
  if (!size) return size.error();
  candidate.size = *size;
  return candidate;
}

}  // namespace

bool Candidate::is_within(const model::ObjectName& scanned) const {
  return scanned == definition.table || (relatives && std::ranges::binary_search(*relatives, scanned));
}

Result<Candidate> size_candidate(sandbox::CandidateId id, const model::IndexDefinition& definition,
                                 std::string sandbox_name, const model::DatabaseSnapshot& snapshot,
                                 sandbox::Database& sandbox) {
  return size_within(id, definition, std::move(sandbox_name), model::TableTrees(snapshot.tables), sandbox);
}

Result<CandidateSet> create_candidates(const std::set<model::IndexDefinition>& definitions,
                                       std::string_view origin, const model::DatabaseSnapshot& snapshot,
                                       sandbox::Database& sandbox, std::stop_token stop) {
  CandidateSet candidates;
  const model::TableTrees trees(snapshot.tables);
  std::map<const model::Table*, std::shared_ptr<const std::vector<model::ObjectName>>> relatives;
  for (const auto& definition : definitions) {
    if (stop.stop_requested()) break;
    const auto name = fmt::format("pgadvisor_{}_{}", origin, candidates.size());
    const auto id = sandbox.create_candidate(definition, name);
    if (!id && id.error().next == NextStep::kReconnect) return id.error();
    if (!id) continue;
    auto candidate = size_within(*id, definition, name, trees, sandbox);
    if (candidate) {
      auto& names = relatives[candidate->table];
      if (!names) {
        names =
            std::make_shared<const std::vector<model::ObjectName>>(relatives_of(*candidate->table, trees));
      }
      candidate->relatives = names;
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
