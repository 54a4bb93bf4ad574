#include "advisor/hotspots/sequential_reads.hpp"

#include "advisor/hotspots/attribution.hpp"
#include "collectors/sql/quote.hpp"

#include <algorithm>

namespace pgadvisor::hotspots {
namespace {

using advisor::SequentialRead;
using sandbox::ClauseKind;

/// A condition that an index on its key could look up.
bool is_lookup(const sandbox::Clause& clause) {
  const bool kind = clause.kind == ClauseKind::kEquality || clause.kind == ClauseKind::kInList ||
                    clause.kind == ClauseKind::kRange;
  return kind && !clause.key.column.empty();
}

/// The scans of the table, or of the tree of partitions that it belongs to.
std::vector<const sandbox::Scan*> scans_of(const workload::Part& part,
                                           const std::vector<model::ObjectName>& names) {
  std::vector<const sandbox::Scan*> scans;
  for (const auto& scan : part.scans.scans) {
    if (std::ranges::find(names, scan.relation) != names.end()) scans.push_back(&scan);
  }
  return scans;
}

/// The smallest part of the rows that any of the scans needs.
double share_needed(const std::vector<const sandbox::Scan*>& scans) {
  double share = 1;
  for (const auto* scan : scans) share = std::min(share, scan->rows / std::max(1.0, scan->tuples));
  return scans.empty() ? 1 : share;
}

/// A valid, full index of the table whose first key one of the scans has a lookup for; empty when there is
/// none.
std::string index_for(const model::Table& table, const std::vector<const sandbox::Scan*>& scans,
                      const model::DatabaseSnapshot& snapshot) {
  for (const auto& index : snapshot.indexes) {
    if (index.table != table.oid || !index.is_valid || index.is_partial || index.columns.empty()) continue;
    const auto column = std::ranges::find(table.columns, index.columns.front(), &model::Column::number);
    if (column == table.columns.end()) continue;
    const bool asked = std::ranges::any_of(scans, [&](const sandbox::Scan* scan) {
      return std::ranges::any_of(scan->clauses, [&](const sandbox::Clause& clause) {
        return is_lookup(clause) && clause.key.column == column->name;
      });
    });
    if (asked) return sql::quote_name(index.name);
  }
  return {};
}

}  // namespace

std::vector<SequentialRead> sequential_reads(const workload::AnalysedWorkload& analysed,
                                             const model::DatabaseSnapshot& snapshot,
                                             std::int64_t min_pages) {
  std::map<model::ObjectName, const model::Table*> tables;
  for (const auto& table : snapshot.tables) {
    if (table.pages >= min_pages) tables.emplace(table.name, &table);
  }
  std::vector<SequentialRead> reads;
  for (const auto& statement : analysed.statements) {
    for (const auto& part : statement.parts) {
      for (const auto& name : part.sequential) {
        const auto table = tables.find(name);
        if (table == tables.end()) continue;
        const auto scans = scans_of(part, lineage(name, &snapshot));
        reads.push_back({name, statement.statement.id, statement.statement.query, part.foreign_key,
                         statement.statement.calls, share_needed(scans),
                         index_for(*table->second, scans, snapshot)});
      }
    }
  }
  return reads;
}

}  // namespace pgadvisor::hotspots
