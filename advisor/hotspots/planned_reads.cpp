#include "advisor/hotspots/planned_reads.hpp"

#include "advisor/hotspots/attribution.hpp"
#include "collectors/sql/quote.hpp"

#include <algorithm>
#include <map>

namespace pgadvisor::hotspots {
namespace {

using advisor::PlannedRead;
using sandbox::ClauseKind;
using Scans = std::vector<const sandbox::Scan*>;

/// A condition that an index on its key could look up.
bool is_lookup(const sandbox::Clause& clause) {
  const bool kind = clause.kind == ClauseKind::kEquality || clause.kind == ClauseKind::kInList ||
                    clause.kind == ClauseKind::kRange;
  return kind && !clause.key.column.empty();
}

/// The smallest part of the rows that any of the scans needs.
double share_needed(const Scans& scans) {
  double share = 1;
  for (const auto* scan : scans) share = std::min(share, scan->rows / std::max(1.0, scan->tuples));
  return share;
}

bool is_asked_for(const std::string& column, const Scans& scans) {
  return std::ranges::any_of(scans, [&](const sandbox::Scan* scan) {
    return std::ranges::any_of(scan->clauses, [&](const sandbox::Clause& clause) {
      return is_lookup(clause) && clause.key.column == column;
    });
  });
}

/// Tables that matter, and what is asked about them again and again.
class Tables {
 public:
  Tables(const model::DatabaseSnapshot& snapshot, std::int64_t min_pages) {
    for (const auto& table : snapshot.tables) {
      if (table.pages < min_pages || table.kind == 'p') continue;
      auto& entry = by_name_[table.name];
      entry.table = &table;
      entry.names = lineage(table.name, &snapshot);
      by_oid_[table.oid] = &entry;
    }
    for (const auto& index : snapshot.indexes) {
      const auto entry = by_oid_.find(index.table);
      if (entry != by_oid_.end()) entry->second->indexes.push_back(&index);
    }
  }

  void add_reads(const workload::AnalysedStatement& statement, const workload::Part& part,
                 std::vector<PlannedRead>& reads) const {
    for (const auto& [name, entry] : by_name_) {
      const auto scans = scans_of(part, entry.names);
      const bool sequential = part.sequential.contains(name);
      if (scans.empty() && !sequential) continue;
      const auto index = sequential ? index_for(entry, scans) : index_of(entry, part);
      if (!sequential && index.empty()) continue;  // another partition's turn
      reads.push_back({name, statement.statement.id, statement.statement.query, part.foreign_key,
                       statement.statement.calls, share_needed(scans), sequential, index});
    }
  }

 private:
  struct Entry {
    const model::Table* table = nullptr;
    std::vector<model::ObjectName> names;  ///< its lineage
    std::vector<const model::Index*> indexes;
  };

  /// The scans of the table, or of the tree that it belongs to.
  static Scans scans_of(const workload::Part& part, const std::vector<model::ObjectName>& names) {
    Scans scans;
    for (const auto& scan : part.scans.scans) {
      if (std::ranges::find(names, scan.relation) != names.end()) scans.push_back(&scan);
    }
    return scans;
  }

  /// A valid, full index whose first key one of the scans has a lookup for; empty when there is none.
  static std::string index_for(const Entry& entry, const Scans& scans) {
    for (const auto* index : entry.indexes) {
      if (!index->is_valid || index->is_partial || index->columns.empty()) continue;
      const auto& columns = entry.table->columns;
      const auto column = std::ranges::find(columns, index->columns.front(), &model::Column::number);
      if (column != columns.end() && is_asked_for(column->name, scans)) return sql::quote_name(index->name);
    }
    return {};
  }

  /// The index that the plan reads; empty when it reads none of the table's.
  static std::string index_of(const Entry& entry, const workload::Part& part) {
    for (const auto* index : entry.indexes) {
      if (part.indexes.contains(index->name.schema + "." + index->name.name))
        return sql::quote_name(index->name);
    }
    return {};
  }

  std::map<model::ObjectName, Entry> by_name_;
  std::map<model::Oid, Entry*> by_oid_;
};

}  // namespace

std::vector<PlannedRead> planned_reads(const workload::AnalysedWorkload& analysed,
                                       const model::DatabaseSnapshot& snapshot, std::int64_t min_pages) {
  const Tables tables(snapshot, min_pages);
  std::vector<PlannedRead> reads;
  for (const auto& statement : analysed.statements) {
    for (const auto& part : statement.parts) tables.add_reads(statement, part, reads);
  }
  return reads;
}

}  // namespace pgadvisor::hotspots
