#pragma once

#include "advisor/candidates/predicates.hpp"
#include "advisor/sandbox/scan.hpp"
#include "advisor/workload/analyse.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/index_definition.hpp"

#include <set>
#include <span>
#include <vector>

namespace pgadvisor::candidates {

struct Limits {
  std::int64_t min_table_pages =
      1000;  ///< smaller tables (all partitions together) are read whole faster than an index pays for itself
  int max_key_columns = 3;
};

/// The B-tree keys one scan could use, best order first inside each: equality before range before sort
/// columns (an index scan stops being a contiguous range after the first non-equality key: PostgreSQL docs,
/// Multicolumn Indexes), the join column behind the equalities and alone, sort columns alone. No duplicates.
[[nodiscard]] std::vector<std::vector<model::IndexKey>> key_lists(const sandbox::Scan& scan,
                                                                  int max_key_columns);

/// Every index that one scan could profit from: each key list as it is, with the other columns needed
/// INCLUDEd where that makes an index-only scan possible, and under each predicate that the statement itself
/// guarantees (IS [NOT] NULL and boolean restrictions: those keep their constant when statements are
/// normalised).
[[nodiscard]] std::set<model::IndexDefinition> for_scan(const sandbox::Scan& scan, const model::Table& table,
                                                        const Limits& limits, const Constants& constants);

/// Stage "candidates": those for every scan of a workload, without those that an existing index serves.
/// For tables, materialised views and partitioned tables, whose partitions count together; not for the
/// parents of inheritance trees, whose children an index would leave out, nor where a partition is a foreign
/// table, which PostgreSQL cannot index. A partition gets one of its own only for statements that name it.
/// Where partitions and candidates are very many not all are tried (many_partitions.hpp).
[[nodiscard]] std::set<model::IndexDefinition> generate(
    std::span<const workload::AnalysedStatement> statements, const model::DatabaseSnapshot& snapshot,
    const Limits& limits);

/// Candidates that do the work of two of these (merges.hpp), without those that are served.
[[nodiscard]] std::set<model::IndexDefinition> merge(const std::set<model::IndexDefinition>& definitions,
                                                     const model::DatabaseSnapshot& snapshot);

}  // namespace pgadvisor::candidates
