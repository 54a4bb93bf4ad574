#include "advisor/selection/write_load.hpp"

#include "advisor/sandbox/relation_sizes.hpp"

#include <algorithm>
#include <cmath>

namespace pgadvisor::selection {
namespace {

constexpr double kPage = model::kBlockSize;
constexpr double kFillFactor = 0.9;    // BTREE_DEFAULT_FILLFACTOR
constexpr double kLinePointer = 4;     // sizeof(ItemIdData)
constexpr double kSmallestTuple = 16;  // IndexTupleData and one aligned key
constexpr double kRecord = 48;         // SizeOfXLogRecord, header of a block and of data, xl_btree_insert
constexpr double kOffset = 2;          // OffsetNumber of one entry in xl_btree_vacuum
/// B-tree pages are so full after random inserts: ln 2 (Yao, Acta Informatica 9, 1978). A page image leaves
/// out the rest.
constexpr double kUsed = 0.69;

double aligned(double bytes) {
  return std::ceil(bytes / 8) * 8;
}

double checkpoints(const model::Window& window, const std::vector<model::Setting>& settings) {
  const auto images = std::ranges::find(settings, "full_page_writes", &model::Setting::name);
  if (images != settings.end() && images->value != "on") return 0;
  const double seconds = model::Seconds(window.to - window.from).count();
  return seconds / std::max(1.0, model::number_of(settings, "checkpoint_timeout", 300));
}

}  // namespace

double WriteModel::Shape::tuple_bytes() const {
  const double each = pages * kPage * kFillFactor / std::max(1.0, tuples) - kLinePointer;
  return std::clamp(aligned(each), kSmallestTuple, kPage);
}

/// Distinct pages that so many random entries are on.
double WriteModel::Shape::touched(double entries) const {
  return pages * (1 - std::exp(-entries / std::max(1.0, pages)));
}

WriteModel::WriteModel(const workload::Workload& workload, const workload::AnalysedWorkload& analysed,
                       const model::DatabaseSnapshot& snapshot)
    : trees_(snapshot.tables),
      writes_(workload, analysed, snapshot),
      cpu_operator_cost_(number_of(snapshot.settings, "cpu_operator_cost", 0.0025)),
      seq_page_cost_(number_of(snapshot.settings, "seq_page_cost", 1)),
      vacuum_threshold_(number_of(snapshot.settings, "autovacuum_vacuum_threshold", 50)),
      vacuum_scale_factor_(number_of(snapshot.settings, "autovacuum_vacuum_scale_factor", 0.2)),
      checkpoints_(checkpoints(workload.window, snapshot.settings)) {
  double time = 0;
  double cost = 0;
  for (const auto& statement : analysed.statements) {
    if (!statement.statement.time) continue;
    timed_ = true;
    time += statement.statement.time->count();
    cost += statement.statement.calls * statement.base_cost.value;
  }
  if (time > 0 && cost > 0) unit_ = time / cost;
  for (const auto& column : snapshot.column_statistics) {
    if (column.correlation) correlations_[{column.relation, column.column}] = *column.correlation;
  }
  add_existing(snapshot);
}

void WriteModel::add_existing(const model::DatabaseSnapshot& snapshot) {
  for (const auto& index : snapshot.indexes) {
    const auto* table = trees_.find(index.table);
    if (table == nullptr || table->kind == 'p' || !index.is_live) continue;
    const double rows = std::max(1.0, sandbox::rows_of(*table));
    const double tuples = index.is_partial ? std::clamp(index.reltuples, 0.0, rows) : rows;
    existing_[table->name].push_back({.pages = static_cast<double>(index.pages),
                                      .tuples = tuples,
                                      .tree_height = index.tree_height.value_or(1),
                                      .share = tuples / rows,
                                      .summarizes = index.method == "brin"});
  }
}

WriteModel::Shape WriteModel::shape_of(const whatif::Candidate& candidate) {
  const auto& size = candidate.size;
  Shape shape{.pages = static_cast<double>(size.pages),
              .tuples = size.tuples,
              .tree_height = std::max(0, size.tree_height),
              .share = candidate.selectivity,
              .summarizes = candidate.definition.method == "brin"};
  if (size.gin) shape.keys = std::max(1.0, size.gin->postings / std::max(1.0, size.tuples));
  return shape;
}

/// How far rows are inserted in the order of the first key: 0 at random, 1 one behind the other.
double WriteModel::order(const whatif::Candidate& candidate) const {
  for (const auto* table : trees_.leaves(*candidate.table)) {
    const auto known = correlations_.find({table->name, candidate.definition.keys.front().column});
    if (known != correlations_.end()) return known->second * known->second;
  }
  return 0;
}

WriteModel::Toll WriteModel::entries(const Shape& shape, double in_order, double at_random) const {
  const double count = in_order + at_random;
  const double descent = 50.0 * (shape.tree_height + 1) + std::log2(std::max(2.0, shape.tuples));
  Toll toll{count * shape.keys * descent * cpu_operator_cost_, 0};
  if (shape.summarizes) {  // grows with the table
    toll.wal = count * shape.pages * kPage / std::max(1.0, shape.tuples);
    return toll;
  }
  toll.cost += count * shape.keys * seq_page_cost_;
  const double bytes = shape.tuple_bytes();
  toll.wal = count * (kRecord + bytes) + at_random * (bytes + kLinePointer);
  if (checkpoints_ > 0) {
    const double pages =
        shape.touched(at_random * shape.keys / checkpoints_) + std::min(1.0, in_order / checkpoints_);
    toll.wal += checkpoints_ * pages * kPage * kUsed;
  }
  return toll;
}

/// Of row versions of a table that has so many rows.
WriteModel::Toll WriteModel::removals(const Shape& shape, double dead, double rows) const {
  if (dead <= 0 || shape.summarizes) return {};
  const double vacuums = dead / (vacuum_threshold_ + vacuum_scale_factor_ * rows);
  const double entries = dead * shape.share;
  const double touched = vacuums * shape.touched(entries / vacuums);
  return {entries * cpu_operator_cost_ + vacuums * shape.pages * seq_page_cost_,
          entries * kOffset + touched * (kRecord + (checkpoints_ > 0 ? kPage * kUsed : 0))};
}

WriteLoad WriteModel::load(const whatif::Candidate& candidate) const {
  const auto& table = *candidate.table;
  const auto shape = shape_of(candidate);
  const auto writes = writes_.to(table);
  const double lost = writes_.lost_hot(table, candidate.definition);
  const double in_order = writes.inserted * order(candidate);
  const double at_random = writes.inserted - in_order + writes.updated + lost;
  const double rows = sandbox::rows_of(table);
  auto toll = entries(shape, in_order * shape.share, at_random * shape.share);
  toll += removals(shape, writes.deleted + writes.updated + lost, rows);
  const auto leaves = trees_.leaves(table);
  for (const auto* leaf : leaves) {
    const auto others = existing_.find(leaf->name);
    if (others == existing_.end()) continue;
    for (const auto& other : others->second) {
      const double its = lost / static_cast<double>(leaves.size());
      toll += entries(other, 0, its * other.share);
      toll += removals(other, its, sandbox::rows_of(*leaf));
    }
  }
  WriteLoad load{.overhead = {.writes = (writes.versions() + lost) * shape.share,
                              .lost_hot = lost,
                              .wal = {static_cast<std::int64_t>(toll.wal)}},
                 .cost = toll.cost * unit_};
  if (timed_) load.overhead.time = model::Milliseconds(load.cost);
  return load;
}

}  // namespace pgadvisor::selection
