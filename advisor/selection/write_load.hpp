#pragma once

#include "advisor/selection/table_writes.hpp"
#include "advisor/whatif/candidate_set.hpp"
#include "advisor/write_overhead.hpp"

#include <map>

namespace pgadvisor::selection {

struct WriteLoad {
  advisor::WriteOverhead overhead;
  double cost = 0;  ///< of it all, in the workload's unit (milliseconds, or planner cost for files)
};

/// What the writes of a workload cost an index.
///
/// Row versions: of inserts, of updates that are not HOT, and of those that are no longer HOT with it; in a
/// partial index its share of them. An update that is no longer HOT has an entry in each index of the table,
/// which is charged to the one that made it so.
///
/// Cost, in planner units. Of an entry: the descent as btcostestimate charges it (selfuncs.c: 50
/// cpu_operator_cost per level and for the leaf, log2(N) comparisons) and one page written (seq_page_cost);
/// none for BRIN, whose summary seldom changes (brininsert). Of a deleted or replaced one: a comparison
/// (cpu_operator_cost), and each time that autovacuum comes (autovacuum_vacuum_threshold and _scale_factor)
/// all pages read in their order (btvacuumscan).
///
/// WAL. Of an entry: record and block header, and the tuple (xl_btree_insert); twice where it is not at the
/// index's end, as each split logs half a page (xl_btree_split). With full_page_writes the page images of
/// those that are touched for the first time after a checkpoint, one every checkpoint_timeout: of n random
/// entries P x (1 - exp(-n / P)) of P pages. How random inserts are: 1 - square of the first key's
/// correlation, as cost_index (costsize.c) has it.
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
  /// Of planner cost and WAL.
  struct Toll {
    double cost = 0;
    double wal = 0;  ///< bytes

    Toll& operator+=(const Toll& other) {
      cost += other.cost;
      wal += other.wal;
      return *this;
    }
  };
  /// What matters of an index, made or not.
  struct Shape {
    double pages = 1;
    double tuples = 0;
    int tree_height = 0;
    double keys = 1;   ///< of a row: many in GIN
    double share = 1;  ///< of the table's rows
    bool summarizes = false;

    [[nodiscard]] double tuple_bytes() const;
    [[nodiscard]] double touched(double entries) const;
  };

  static Shape shape_of(const whatif::Candidate& candidate);
  [[nodiscard]] Toll entries(const Shape& shape, double in_order, double at_random) const;
  [[nodiscard]] Toll removals(const Shape& shape, double dead, double rows) const;
  [[nodiscard]] double order(const whatif::Candidate& candidate) const;
  void add_existing(const model::DatabaseSnapshot& snapshot);

  model::TableTrees trees_;
  Writes writes_;
  std::map<std::pair<model::ObjectName, std::string>, double> correlations_;  ///< of columns
  std::map<model::ObjectName, std::vector<Shape>> existing_;                  ///< indexes, by table
  bool timed_ = false;
  double unit_ = 1;
  double cpu_operator_cost_;
  double seq_page_cost_;
  double vacuum_threshold_;
  double vacuum_scale_factor_;
  double checkpoints_ = 0;  ///< in the window that make page images necessary
};

}  // namespace pgadvisor::selection
