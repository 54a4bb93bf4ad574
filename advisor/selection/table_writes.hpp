#pragma once

#include "advisor/workload/analyse.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/table_trees.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace pgadvisor::selection {

/// What became of a table's rows in the window.
struct TableWrites {
  double inserted = 0;
  double deleted = 0;
  double updated = 0;      ///< not HOT: each has a new entry in every index
  double hot_updated = 0;  ///< heap-only tuples: no index has a new entry

  /// New row versions of which every index has an entry.
  [[nodiscard]] double versions() const { return inserted + updated; }
};

/// The writes of a workload: from the counters of tables, else from the statements of files, of which an
/// UPDATE is HOT unless an index has one of the columns that it sets.
class Writes {
 public:
  /// The snapshot outlives it.
  Writes(const workload::Workload& workload, const workload::AnalysedWorkload& analysed,
         const model::DatabaseSnapshot& snapshot);

  /// Of the table and its partitions.
  [[nodiscard]] TableWrites to(const model::Table& table) const;
  /// HOT updates of the table and its partitions that would be no longer HOT with this index on it. HOT is an
  /// update that changes no column of any index; from 16 on those of BRIN do not count (heap_update,
  /// heapam.c). So what another index follows already is lost already. HOT updates belong to the statements
  /// that set no indexed column, or, where there are none, that change none of those they set; among these
  /// they are shared out by the rows written. A statement may name any other table of the tree.
  [[nodiscard]] double lost_hot(const model::Table& table, const model::IndexDefinition& index) const;

 private:
  using Columns = std::set<std::string>;
  struct Update {
    Columns columns;
    double rows;
  };
  struct Known {
    TableWrites writes;
    std::vector<Update> updates;
    Columns indexed;  ///< by indexes that exist
  };

  void add_indexes(const model::DatabaseSnapshot& snapshot);
  void add_statement(const workload::AnalysedStatement& statement, bool counted);
  [[nodiscard]] std::vector<const Known*> known(std::span<const model::Table* const> tables) const;

  model::TableTrees trees_;
  bool summarizing_stays_hot_;  ///< BRIN indexes do not count
  std::map<model::ObjectName, Known> tables_;
};

}  // namespace pgadvisor::selection
