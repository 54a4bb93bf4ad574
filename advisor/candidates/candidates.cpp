#include "advisor/candidates/candidates.hpp"

#include "advisor/candidates/existing.hpp"
#include "advisor/candidates/many_partitions.hpp"
#include "advisor/candidates/merges.hpp"
#include "advisor/candidates/other_methods.hpp"
#include "advisor/candidates/predicates.hpp"
#include "collectors/model/table_trees.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

namespace pgadvisor::candidates {
namespace {

using model::IndexDefinition;
using model::IndexKey;

/// More INCLUDEd columns than this make a second copy of the table rather than an index.
constexpr std::size_t kMaxIncluded = 6;
constexpr std::size_t kMaxMerges = 16;
/// Below, a range of the column's values is spread over too many pages for BRIN.
constexpr float kOrderedLikeRows = 0.9F;
/// As many as statistics list one by one unless told otherwise (default_statistics_target).
constexpr float kFewValues = 100;

bool is_key(const std::vector<IndexKey>& keys, const std::string& column) {
  return std::any_of(keys.begin(), keys.end(), [&](const IndexKey& key) { return key.column == column; });
}

/// PostgreSQL does not check again what the predicate implies (check_index_predicates in indxpath.c).
bool is_needed(const sandbox::Scan& scan, const std::string& column, const Predicate& predicate) {
  return std::ranges::binary_search(scan.output, column) ||
         std::ranges::any_of(scan.clauses, [&](const auto& clause) {
           return std::ranges::binary_search(clause.columns, column) &&
                  !predicate.clauses.contains(clause.text);
         });
}

/// The columns an index with these keys lacks for an index-only scan, or nothing when there can be none.
std::vector<std::string> included(const sandbox::Scan& scan, const std::vector<IndexKey>& keys,
                                  const Predicate& predicate) {
  if (scan.whole_row || scan.written) return {};
  // An index-only scan cannot compute a column from an expression over it (indexam: check_index_only).
  std::vector<std::string> columns;
  for (const auto& column : scan.columns) {
    if (!is_key(keys, column) && is_needed(scan, column, predicate)) columns.push_back(column);
  }
  if (columns.size() > kMaxIncluded) columns.clear();
  return columns;
}

void add(std::set<IndexDefinition>& definitions, const sandbox::Scan& scan, const std::vector<IndexKey>& keys,
         const Predicate& predicate, bool covering) {
  std::vector<IndexKey> kept;
  std::copy_if(keys.begin(), keys.end(), std::back_inserter(kept), [&](const IndexKey& key) {
    return key.column.empty() || !predicate.one_valued.contains(key.column);
  });
  if (kept.empty()) return;
  IndexDefinition definition{scan.relation, "btree", kept, {}, predicate.text};
  definitions.insert(definition);
  if (!covering) return;
  definition.include = included(scan, kept, predicate);
  definitions.insert(std::move(definition));
}

/// Other keys begin with these: as a covering index they can do more at the same size.
bool is_prefix(const std::vector<IndexKey>& keys, const std::vector<std::vector<IndexKey>>& lists) {
  return std::ranges::any_of(lists, [&](const auto& longer) {
    return longer.size() > keys.size() && std::equal(keys.begin(), keys.end(), longer.begin());
  });
}

/// With a predicate alone there is nothing to search by: the columns read, or the first column of the table.
std::vector<IndexKey> fallback_key(const sandbox::Scan& scan, const model::Table& table,
                                   const Predicate& predicate) {
  for (const auto& column : scan.columns) {
    if (!predicate.one_valued.contains(column)) return {{column}};
  }
  for (const auto& column : table.columns) {
    if (!predicate.one_valued.contains(column.name)) return {{column.name}};
  }
  return {};
}

/// Alternatives, each of which needs an index of its own for the planner to combine (BitmapOr).
std::vector<sandbox::Scan> arms(const sandbox::Scan& scan) {
  std::vector<sandbox::Scan> result;
  for (const auto& clause : scan.clauses) {
    for (const auto& arm : clause.arms) {
      sandbox::Scan alone;
      alone.relation = scan.relation;
      alone.clauses = arm;
      alone.whole_row = true;  // a bitmap scan visits the heap
      result.push_back(std::move(alone));
    }
  }
  return result;
}

/// Names of columns, by their table.
using Columns = std::map<model::ObjectName, std::set<std::string>>;

/// Columns whose values follow the order of the rows; of a partitioned table, which may have no statistics of
/// its own, those of any partition.
Columns ordered_columns(const model::DatabaseSnapshot& snapshot, const model::TableTrees& trees) {
  Columns result;
  for (const auto& entry : snapshot.column_statistics) {
    if (std::abs(entry.correlation.value_or(0)) < kOrderedLikeRows) continue;
    result[entry.relation].insert(entry.column);
    const auto* table = trees.find(entry.relation);
    if (table == nullptr) continue;
    for (const auto* tree : trees.above(*table)) result[tree->name].insert(entry.column);
  }
  return result;
}

/// See Constants.
Columns few_valued_columns(const model::DatabaseSnapshot& snapshot) {
  Columns result;
  for (const auto& entry : snapshot.column_statistics) {
    if (entry.distinct > 0 && entry.distinct <= kFewValues) result[entry.relation].insert(entry.column);
  }
  return result;
}

/// Whether an index on it can be proposed at all: small ones need none, and one on the parent of an
/// inheritance tree leaves the children out.
bool is_eligible(const model::Table& table, const model::TableTrees& trees, const Limits& limits) {
  if (table.kind == 'p')
    return trees.pages(table) >= limits.min_table_pages && !trees.has_foreign_leaf(table);
  return (table.kind == 'r' || table.kind == 'm') && !table.has_children &&
         table.pages >= limits.min_table_pages;
}

}  // namespace

std::set<IndexDefinition> for_scan(const sandbox::Scan& scan, const model::Table& table, const Limits& limits,
                                   const Constants& constants) {
  auto definitions = other_methods(scan, table);
  const auto lists = key_lists(scan, limits.max_key_columns);
  for (const auto& predicate : predicates(scan, constants)) {
    for (const auto& keys : lists) add(definitions, scan, keys, predicate, !is_prefix(keys, lists));
    if (!predicate.text.empty()) {
      add(definitions, scan, fallback_key(scan, table, predicate), predicate, true);
    }
  }
  for (const auto& arm : arms(scan)) {
    for (const auto& keys : key_lists(arm, limits.max_key_columns)) {
      add(definitions, scan, keys, {}, false);
    }
  }
  return definitions;
}

std::set<IndexDefinition> generate(std::span<const workload::AnalysedStatement> statements,
                                   const model::DatabaseSnapshot& snapshot, const Limits& limits) {
  std::unordered_map<model::ObjectName, model::Table> tables;
  const model::TableTrees trees(snapshot.tables);
  for (const auto& table : snapshot.tables) {
    if (is_eligible(table, trees, limits))
      tables.emplace(table.name, table).first->second.pages = trees.pages(table);
  }
  auto ordered = ordered_columns(snapshot, trees);
  auto few_valued = few_valued_columns(snapshot);
  Wanted wanted;
  const auto add_scan = [&](const sandbox::Scan& scan, const workload::AnalysedStatement& statement) {
    const auto table = tables.find(scan.relation);
    if (table == tables.end()) return;
    const Constants constants{!statement.statement.time, statement.parameters, few_valued[scan.relation]};
    for (const auto& definition : for_scan(scan, table->second, limits, constants)) {
      wanted[definition] += statement.weight * statement.base_cost.value;
    }
  };
  for (const auto& statement : statements) {
    for (const auto& part : statement.parts) {
      for (const auto& scan : part.scans.scans) add_scan(scan, statement);
    }
  }
  const ExistingIndexes existing(snapshot);
  std::erase_if(wanted, [&](const auto& entry) {
    const auto& definition = entry.first;
    const bool brin = definition.method == "brin";
    return (brin && !ordered[definition.table].contains(definition.keys.front().column)) ||
           existing.serve(definition);
  });
  return tried(wanted, trees);
}

std::set<IndexDefinition> merge(const std::set<IndexDefinition>& definitions,
                                const model::DatabaseSnapshot& snapshot) {
  auto merged = merges(definitions, kMaxIncluded, kMaxMerges);
  const ExistingIndexes existing(snapshot);
  std::erase_if(merged, [&](const IndexDefinition& definition) { return existing.serve(definition); });
  return merged;
}

}  // namespace pgadvisor::candidates
