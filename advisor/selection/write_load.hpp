#pragma once

#include "advisor/whatif/candidate_set.hpp"
#include "advisor/workload/analyse.hpp"
#include "collectors/model/table_trees.hpp"

namespace pgadvisor::selection {

/// What keeping an index up to date takes in the window.
struct WriteLoad {
  double row_versions = 0;  ///< new entries
  double cost = 0;  ///< of all of them, in the workload's unit (milliseconds, or planner cost for files)
};

/// Counts the writes of a workload that would reach an index, and what they cost.
///
/// Row versions: inserts, and updates that are not HOT; when an UPDATE of the workload sets a column of the
/// index its table's HOT updates count too (heap_update: HOT needs all indexed columns unchanged). From the
/// table's counters, else from the statements of the file. An index on a partitioned table has the writes of
/// all partitions; UPDATE statements name the table or any other of its tree.
///
/// Cost of one entry, in planner units: the descent as btcostestimate charges it (selfuncs.c: 50
/// cpu_operator_cost per level and for the leaf, log2(N) comparisons) and one leaf page written
/// (seq_page_cost).
class WriteModel {
 public:
  /// The snapshot outlives it.
  WriteModel(const workload::Workload& workload, const workload::AnalysedWorkload& analysed,
             const model::DatabaseSnapshot& snapshot);

  [[nodiscard]] WriteLoad load(const whatif::Candidate& candidate) const;

  /// Workload units per planner cost unit: 1 for files, else milliseconds as measured over the whole
  /// workload.
  [[nodiscard]] double unit() const { return unit_; }

 private:
  struct TableWrites {
    double always = 0;   ///< inserts and updates that are not HOT
    double updates = 0;  ///< HOT updates, or for files every update
    std::set<std::string> updated_columns;
  };

  [[nodiscard]] TableWrites writes_to(const whatif::Candidate& candidate) const;
  void add_statement(const workload::AnalysedStatement& statement, bool counted);

  model::TableTrees trees_;
  std::map<model::ObjectName, TableWrites> tables_;
  double unit_ = 1;
  double cpu_operator_cost_ = 0.0025;
  double seq_page_cost_ = 1;
};

}  // namespace pgadvisor::selection
