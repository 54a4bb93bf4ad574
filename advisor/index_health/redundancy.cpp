#include "advisor/index_health/redundancy.hpp"

#include <map>
#include <optional>
#include <vector>

namespace pgadvisor::index_health {

namespace {

/// The indexes of one table, each compared with each.
class TableIndexes {
 public:
  TableIndexes(const Catalog& catalog, const std::vector<const Subject*>& own, Redundancy& found)
      : catalog_(catalog), found_(found), own_(own.size()) {
    for (const auto* subject : own) indexes_.push_back({subject->index, subject->pages});
    add_attached(own.front()->table->oid);
    for (const auto& kept : indexes_) {
      for (const auto& dropped : indexes_) pairs_.push_back(replacement(kept, dropped));
    }
  }

  void resolve() {
    std::vector<std::size_t> staying;
    std::vector<std::size_t> going;
    for (std::size_t i = 0; i < indexes_.size(); ++i) (is_dominated(i) ? going : staying).push_back(i);
    for (const auto i : going) {
      if (!choose_keeper(i, staying, Replaces::kFully)) choose_keeper(i, staying, Replaces::kReview);
    }
    for (const auto i : staying) {
      if (i < own_) choose_keeper(i, staying, Replaces::kReview);
    }
  }

 private:
  /// Those attached to an index of a partitioned table, which was judged before, go and stay with it.
  void add_attached(model::Oid table) {
    for (const auto* index : catalog_.indexes_of(table)) {
      if (index->parent == model::Oid::kInvalid) continue;
      const auto* subject = catalog_.subject_of(*index);
      if (subject != nullptr && !found_.redundant.contains(subject->index->oid))
        indexes_.push_back({index, catalog_.pages_of(*index)});
    }
  }

  [[nodiscard]] const Replacement& by(std::size_t kept, std::size_t dropped) const {
    return pairs_[kept * indexes_.size() + dropped];
  }

  /// Attached ones stay before the table's own.
  [[nodiscard]] bool goes_before(std::size_t a, std::size_t b) const {
    if ((a < own_) != (b < own_)) return a < own_;
    return stays_before(indexes_[b], indexes_[a]);
  }

  /// Another index does all of its work, and does not itself go for it.
  [[nodiscard]] bool is_dominated(std::size_t i) const {
    if (i >= own_ || !indexes_[i].index->is_valid) return false;
    for (std::size_t other = 0; other < indexes_.size(); ++other) {
      if (by(other, i).replaces != Replaces::kFully) continue;
      if (by(i, other).replaces != Replaces::kFully || goes_before(i, other)) return true;
    }
    return false;
  }

  [[nodiscard]] bool may_keep(std::size_t kept, std::size_t dropped, Replaces wanted) const {
    if (by(kept, dropped).replaces != wanted || found_.redundant.contains(indexes_[kept].index->oid))
      return false;
    // Of two that could each go for the other after a look, one is spoken of.
    return wanted == Replaces::kFully || by(dropped, kept).replaces == Replaces::kNo ||
           goes_before(dropped, kept);
  }

  bool choose_keeper(std::size_t i, const std::vector<std::size_t>& staying, Replaces wanted) {
    const auto& index = *indexes_[i].index;
    if (!index.is_valid || found_.keepers.contains(index.oid)) return false;
    std::optional<std::size_t> best;
    for (const auto other : staying) {
      if (may_keep(other, i, wanted) && (!best || goes_before(*best, other))) best = other;
    }
    if (!best) return false;
    const auto& keeper = *indexes_[*best].index;
    found_.redundant[index.oid] = {&keeper, by(*best, i)};
    if (const auto* subject = catalog_.subject_of(keeper)) found_.keepers.insert(subject->index->oid);
    return true;
  }

  const Catalog& catalog_;
  Redundancy& found_;
  std::size_t own_;  ///< the first ones; behind them those that are attached
  std::vector<SizedIndex> indexes_;
  std::vector<Replacement> pairs_;
};

}  // namespace

Redundancy find_redundant(const Catalog& catalog) {
  Redundancy found;
  std::map<model::Oid, std::vector<const Subject*>> by_table;
  std::vector<model::Oid> tables;  // partitioned ones first
  for (const auto& subject : catalog.subjects()) {
    auto& subjects = by_table[subject.table->oid];
    if (subjects.empty()) tables.push_back(subject.table->oid);
    subjects.push_back(&subject);
  }
  for (const auto table : tables) {
    TableIndexes(catalog, by_table.at(table), found).resolve();
  }
  return found;
}

}  // namespace pgadvisor::index_health
