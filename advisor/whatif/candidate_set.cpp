#include "advisor/whatif/candidate_set.hpp"

#include "advisor/sandbox/relation_sizes.hpp"
#include "collectors/model/table_trees.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

namespace pgadvisor::whatif {

using model::NextStep;
using model::Result;

namespace {

/// Indexes created in one transaction, which saves the others' commits and round trips.
constexpr std::size_t kMadeAtOnce = 100;
/// Beyond so many partitions the others are taken to be like these.
constexpr std::size_t kMostParts = 64;

std::vector<model::ObjectName> relatives_of(const model::Table& table, const model::TableTrees& trees) {
  std::vector<model::ObjectName> names;
  for (const auto* tree : trees.above(table)) names.push_back(tree->name);
  for (const auto* part : trees.below(table)) names.push_back(part->name);
  std::ranges::sort(names);
  return names;
}

/// A candidate on the way to its size.
struct Made {
  sandbox::CandidateId id;
  Candidate candidate;
  std::vector<sandbox::CandidatePart> parts;
  std::vector<sandbox::IndexSize> sizes = {};  ///< of the first parts
  std::optional<model::Error> failure = {};

  [[nodiscard]] bool is_whole() const { return sizes.size() == parts.size(); }
};

Result<Made> begin(sandbox::CandidateId id, const model::IndexDefinition& definition,
                   std::string sandbox_name, const model::TableTrees& trees, sandbox::Database& sandbox) {
  const auto* table = trees.find(definition.table);
  if (table == nullptr) return model::skip("the table is not part of the snapshot");
  Made made{id, {definition, table, {}, 1, std::move(sandbox_name)}, {{id, definition.table}}};
  if (made.candidate.is_partitioned()) {
    auto parts = sandbox.parts(id);
    if (!parts) return parts.error();
    made.parts = std::move(*parts);
  }
  return made;
}

/// Of the index on one ordinary table.
Result<sandbox::IndexSize> part_size(const sandbox::CandidatePart& part, double selectivity,
                                     const model::TableTrees& trees, sandbox::Database& sandbox,
                                     int session) {
  const auto* table = trees.find(part.table);
  if (table == nullptr) return model::skip("a partition is not part of the snapshot");
  const double rows = sandbox::rows_of(*table);
  const auto facts = sandbox.key_facts(part.index, rows, session);
  if (!facts) return facts.error();
  return sandbox::estimate_size(*facts, rows, static_cast<double>(table->pages), selectivity);
}

/// Of all parts together.
sandbox::IndexSize total_size(const Made& made, const model::TableTrees& trees) {
  sandbox::IndexSize total{0, 0, -1};
  for (const auto& size : made.sizes) {
    total.pages += size.pages;
    total.tuples += size.tuples;
    total.tree_height = std::max(total.tree_height, size.tree_height);
  }
  if (made.is_whole()) return total;
  double rows = 0;
  for (const auto* leaf : trees.leaves(*made.candidate.table))
    rows += sandbox::rows_of(*leaf) * made.candidate.selectivity;
  total.pages =
      std::llround(static_cast<double>(total.pages) * std::max(1.0, rows / std::max(1.0, total.tuples)));
  total.tuples = rows;
  return total;
}

/// Works out how large it would be; in one session of the sandbox, which learns nothing of it.
Result<void> size_up(Made& made, const model::TableTrees& trees, sandbox::Database& sandbox, int session) {
  auto& candidate = made.candidate;
  if (!candidate.definition.predicate.empty()) {
    const auto selectivity =
        sandbox.selectivity(candidate.definition.table, candidate.definition.predicate, session);
    if (!selectivity) return selectivity.error();
    candidate.selectivity = *selectivity;
  }
  for (const auto& part : std::span(made.parts).first(std::min(made.parts.size(), kMostParts))) {
    const auto size = part_size(part, candidate.selectivity, trees, sandbox, session);
    if (!size) return size.error();
    made.sizes.push_back(*size);
  }
  candidate.size = total_size(made, trees);
  return {};
}

/// From now on the sandbox takes them to be as large.
Result<void> tell_sizes(std::span<const Made> all, sandbox::Database& sandbox) {
  std::vector<sandbox::PartSize> sizes;
  for (const auto& made : all) {
    if (made.failure) continue;
    if (!made.is_whole()) {
      if (auto done = sandbox.set_size(made.id, made.candidate.size); !done) return done;
      continue;
    }
    for (std::size_t i = 0; i < made.sizes.size(); ++i) sizes.push_back({made.parts[i].index, made.sizes[i]});
  }
  return sandbox.set_part_sizes(sizes);
}

/// How many indexes a candidate has.
std::size_t indexes_of(const model::IndexDefinition& definition, const model::TableTrees& trees) {
  const auto* table = trees.find(definition.table);
  return table == nullptr || table->kind != 'p' ? 1 : std::max<std::size_t>(1, trees.leaves(*table).size());
}

/// A definition and the name of its index in the sandbox.
struct Named {
  const model::IndexDefinition* definition;
  std::string name;
};

/// Creates some at once. Where that is cancelled, by one that takes too long, each by itself: one that still
/// is cancelled then is refused.
Result<void> create_some(std::span<const Named> some, const model::TableTrees& trees,
                         sandbox::Database& sandbox, std::vector<Made>& all) {
  std::vector<std::string> statements;
  for (const auto& [definition, name] : some)
    statements.push_back(sql::create_index(*definition, name, false));
  const auto created = sandbox.create_candidates(statements);
  if (!created && created.error().next == NextStep::kReconnect) return created.error();
  if (!created) {
    for (std::size_t i = 0; some.size() > 1 && i < some.size(); ++i) {
      if (auto done = create_some(some.subspan(i, 1), trees, sandbox, all); !done) return done;
    }
    return {};
  }
  for (std::size_t i = 0; i < some.size(); ++i) {
    const auto id = (*created)[i];
    if (!id) continue;
    auto made = begin(*id, *some[i].definition, some[i].name, trees, sandbox);
    if (made) {
      all.push_back(std::move(*made));
    } else if (made.error().next == NextStep::kReconnect) {
      return made.error();
    } else if (auto dropped = sandbox.drop_candidate(*id); !dropped) {
      return dropped.error();
    }
  }
  return {};
}

/// In the order of the definitions: the sandbox's numbers have to be the same every time.
Result<std::vector<Made>> create_all(const std::set<model::IndexDefinition>& definitions,
                                     std::string_view origin, const model::TableTrees& trees,
                                     sandbox::Database& sandbox, const std::stop_token& stop) {
  std::vector<Made> all;
  std::vector<Named> some;
  std::size_t count = 0, indexes = 0;
  for (const auto& definition : definitions) {
    if (stop.stop_requested()) break;
    some.push_back({&definition, fmt::format("pgadvisor_{}_{}", origin, count)});
    indexes += indexes_of(definition, trees);
    if (++count < definitions.size() && indexes < kMadeAtOnce) continue;
    if (auto done = create_some(some, trees, sandbox, all); !done) return done.error();
    some.clear();
    indexes = 0;
  }
  return all;
}

/// Each session takes its run of them: those on one table follow each other.
Result<void> size_all(std::vector<Made>& all, const model::TableTrees& trees, sandbox::Database& sandbox,
                      const std::stop_token& stop) {
  const auto sessions = static_cast<std::size_t>(sandbox.sessions());
  return sandbox.side_by_side([&](int session) -> Result<void> {
    const auto number = static_cast<std::size_t>(session);
    const std::size_t end = all.size() * (number + 1) / sessions;
    for (std::size_t i = all.size() * number / sessions; i < end; ++i) {
      if (stop.stop_requested()) break;
      auto done = size_up(all[i], trees, sandbox, session);
      if (!done && done.error().next == NextStep::kReconnect) return done;
      if (!done) all[i].failure = done.error();
    }
    return {};
  });
}

}  // namespace

bool Candidate::is_within(const model::ObjectName& scanned) const {
  return scanned == definition.table || (relatives && std::ranges::binary_search(*relatives, scanned));
}

Result<Candidate> size_candidate(sandbox::CandidateId id, const model::IndexDefinition& definition,
                                 std::string sandbox_name, const model::DatabaseSnapshot& snapshot,
                                 sandbox::Database& sandbox) {
  const model::TableTrees trees(snapshot.tables);
  auto made = begin(id, definition, std::move(sandbox_name), trees, sandbox);
  if (!made) return made.error();
  if (auto done = size_up(*made, trees, sandbox, 0); !done) return done.error();
  if (auto done = tell_sizes(std::span(&*made, 1), sandbox); !done) return done.error();
  return std::move(made->candidate);
}

Result<CandidateSet> create_candidates(const std::set<model::IndexDefinition>& definitions,
                                       std::string_view origin, const model::DatabaseSnapshot& snapshot,
                                       sandbox::Database& sandbox, std::stop_token stop) {
  const model::TableTrees trees(snapshot.tables);
  auto all = create_all(definitions, origin, trees, sandbox, stop);
  if (!all) return all.error();
  if (auto done = size_all(*all, trees, sandbox, stop); !done) return done.error();
  CandidateSet candidates;
  if (stop.stop_requested()) return candidates;
  if (auto done = tell_sizes(*all, sandbox); !done) return done.error();
  std::map<const model::Table*, std::shared_ptr<const std::vector<model::ObjectName>>> relatives;
  for (auto& made : *all) {
    if (made.failure) {
      if (auto done = sandbox.drop_candidate(made.id); !done) return done.error();
      continue;
    }
    auto& names = relatives[made.candidate.table];
    if (!names) {
      names =
          std::make_shared<const std::vector<model::ObjectName>>(relatives_of(*made.candidate.table, trees));
    }
    made.candidate.relatives = names;
    candidates.emplace(made.id, std::move(made.candidate));
  }
  return candidates;
}

}  // namespace pgadvisor::whatif
