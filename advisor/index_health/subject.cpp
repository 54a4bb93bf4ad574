#include "advisor/index_health/subject.hpp"

#include <algorithm>

namespace pgadvisor::index_health {

namespace {

/// Levels of partitioning are few; a loop in a catalog that is read while it changes must end.
constexpr int kDeepest = 64;

}  // namespace

Catalog::Catalog(const model::DatabaseSnapshot& snapshot) : snapshot_(snapshot), trees_(snapshot.tables) {
  for (const auto& table : snapshot.tables) tables_.emplace(table.oid, &table);
  for (const auto& index : snapshot.indexes) {
    if (!tables_.contains(index.table)) continue;
    indexes_.emplace(index.oid, &index);
    by_table_[index.table].push_back(&index);
    if (index.parent != model::Oid::kInvalid) attached_[index.parent].push_back(&index);
  }
  for (const auto& index : snapshot.indexes) {
    if (index.parent != model::Oid::kInvalid || !tables_.contains(index.table)) continue;
    Subject subject{&index, tables_.at(index.table), {}, 0, 0};
    add_parts(index, subject);
    subjects_.push_back(std::move(subject));
  }
  std::ranges::stable_sort(subjects_, {}, [&](const Subject& subject) { return depth(*subject.table); });
  for (std::size_t i = 0; i < subjects_.size(); ++i) subject_positions_.emplace(subjects_[i].index->oid, i);
}

void Catalog::add_parts(const model::Index& index, Subject& subject) const {
  if (tables_.at(index.table)->kind != 'p') {
    subject.parts.push_back(&index);
    subject.pages += index.pages;
    subject.tuples += std::max(0.0, index.reltuples);
    return;
  }
  const auto below = attached_.find(index.oid);
  if (below == attached_.end()) return;
  for (const auto* part : below->second) add_parts(*part, subject);
}

int Catalog::depth(const model::Table& table) const {
  int depth = 0;
  for (const auto* at = &table; at->parent != model::Oid::kInvalid && depth < kDeepest; ++depth) {
    const auto parent = tables_.find(at->parent);
    if (parent == tables_.end()) break;
    at = parent->second;
  }
  return depth;
}

const model::Table* Catalog::table(model::Oid oid) const {
  const auto found = tables_.find(oid);
  return found == tables_.end() ? nullptr : found->second;
}

const model::Index* Catalog::index(model::Oid oid) const {
  const auto found = indexes_.find(oid);
  return found == indexes_.end() ? nullptr : found->second;
}

const std::vector<const model::Index*>& Catalog::indexes_of(model::Oid table) const {
  static const std::vector<const model::Index*> kNone;
  const auto found = by_table_.find(table);
  return found == by_table_.end() ? kNone : found->second;
}

const Subject* Catalog::subject_of(const model::Index& index) const {
  const auto* at = &index;
  for (int steps = 0; at->parent != model::Oid::kInvalid && steps < kDeepest; ++steps) {
    const auto* parent = this->index(at->parent);
    if (parent == nullptr) return nullptr;
    at = parent;
  }
  const auto found = subject_positions_.find(at->oid);
  return found == subject_positions_.end() ? nullptr : &subjects_[found->second];
}

std::int64_t Catalog::pages_of(const model::Index& index) const {
  Subject sum;
  add_parts(index, sum);
  return sum.pages;
}

}  // namespace pgadvisor::index_health
