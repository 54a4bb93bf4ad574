#include "advisor/hotspots/planned_reads.hpp"

#include "advisor/hotspots/attribution.hpp"
#include "collectors/sql/quote.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace pgadvisor::hotspots {
namespace {

using advisor::PlannedRead;
using sandbox::ClauseKind;
using Scans = std::vector<const sandbox::Scan*>;

/// Selectivities below are zero but for rounding.
constexpr double kNoRows = 1e-6;

/// A condition that an index on its key could look up.
bool is_lookup(const sandbox::Clause& clause) {
  const bool kind = clause.kind == ClauseKind::kEquality || clause.kind == ClauseKind::kInList ||
                    clause.kind == ClauseKind::kRange;
  return kind && !clause.key.column.empty();
}

/// `note <> $1` where the column has a single value: the planner takes $1 for that value and leaves no row.
/// Nobody asks for that again and again; whoever asks for another value needs all rows.
bool is_guess(const sandbox::Clause& clause) {
  return clause.kind == ClauseKind::kOther && clause.has_parameter && clause.selectivity < kNoRows;
}

double share_needed(const sandbox::Scan& scan) {
  if (std::ranges::none_of(scan.clauses, is_guess)) return scan.rows / std::max(1.0, scan.tuples);
  double share = 1;
  for (const auto& clause : scan.clauses) share *= is_guess(clause) ? 1 : clause.selectivity;
  return share;
}

/// The smallest part of the rows that any of the scans needs.
double share_needed(const Scans& scans) {
  double share = 1;
  for (const auto* scan : scans) share = std::min(share, share_needed(*scan));
  return share;
}

bool is_asked_for(const std::string& column, const Scans& scans) {
  return std::ranges::any_of(scans, [&](const sandbox::Scan* scan) {
    return std::ranges::any_of(scan->clauses, [&](const sandbox::Clause& clause) {
      return is_lookup(clause) && clause.key.column == column;
    });
  });
}

/// Tables that matter, by their own names and by those of the trees that they belong to.
class Tables {
 public:
  Tables(const model::DatabaseSnapshot& snapshot, std::int64_t min_pages) {
    for (const auto& table : snapshot.tables) {
      if (table.pages < min_pages || table.kind == 'p') continue;
      auto& entry = by_name_[table.name];
      entry.table = &table;
      entry.names = lineage(table.name, &snapshot);
      for (const auto& name : entry.names) in_tree_[name].push_back(table.name);
      by_oid_[table.oid] = &entry;
    }
    for (const auto& index : snapshot.indexes) {
      const auto entry = by_oid_.find(index.table);
      if (entry != by_oid_.end()) entry->second->indexes.push_back(&index);
    }
  }

  void add_reads(const workload::AnalysedStatement& statement, const workload::Part& part,
                 std::vector<PlannedRead>& reads) const {
    for (const auto& name : read_by(part)) {
      const auto& entry = by_name_.at(name);
      const auto scans = scans_of(part, entry.names);
      const bool sequential = part.sequential.contains(name);
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

  /// Tables that the part scans, by themselves or as a part of a tree, or whose plan has a sequential scan.
  [[nodiscard]] std::set<model::ObjectName> read_by(const workload::Part& part) const {
    std::set<model::ObjectName> names;
    for (const auto& scan : part.scans.scans) {
      const auto tree = in_tree_.find(scan.relation);
      if (tree != in_tree_.end()) names.insert(tree->second.begin(), tree->second.end());
    }
    std::ranges::copy_if(part.sequential, std::inserter(names, names.end()),
                         [&](const model::ObjectName& name) { return by_name_.contains(name); });
    return names;
  }

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
  std::map<model::ObjectName, std::vector<model::ObjectName>> in_tree_;
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
