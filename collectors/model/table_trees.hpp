#pragma once

#include "collectors/model/catalog.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <vector>

namespace pgadvisor::model {

/// Which tables are partitions of which. Keeps pointers to the tables, which outlive it.
class TableTrees {
 public:
  explicit TableTrees(std::span<const Table> tables) {
    for (const auto& table : tables) {
      by_oid_.emplace(table.oid, &table);
      by_name_.emplace(table.name, &table);
      if (table.parent != Oid::kInvalid) children_[table.parent].push_back(&table);
    }
  }

  /// Null: there is none of this name.
  [[nodiscard]] const Table* find(const ObjectName& name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
  }

  /// Null: there is none with this oid.
  [[nodiscard]] const Table* find(Oid oid) const {
    const auto found = by_oid_.find(oid);
    return found == by_oid_.end() ? nullptr : found->second;
  }

  /// All partitions of a partitioned table, at any depth, parents first; none of any other table.
  [[nodiscard]] std::vector<const Table*> below(const Table& table) const {
    std::vector<const Table*> result;
    if (table.kind != 'p') return result;
    const auto children = children_.find(table.oid);
    if (children == children_.end()) return result;
    for (const auto* child : children->second) {
      result.push_back(child);
      std::ranges::copy(below(*child), std::back_inserter(result));
    }
    return result;
  }

  /// The partitioned tables that the table is a partition of, the nearest first.
  [[nodiscard]] std::vector<const Table*> above(const Table& table) const {
    std::vector<const Table*> result;
    for (const auto* at = parent(table); at != nullptr && result.size() < kDeepest; at = parent(*at)) {
      result.push_back(at);
    }
    return result;
  }

  /// The table itself, or all tables with rows below a partitioned one.
  [[nodiscard]] std::vector<const Table*> leaves(const Table& table) const {
    if (table.kind != 'p') return {&table};
    auto result = below(table);
    std::erase_if(result, [](const Table* part) { return part->kind == 'p'; });
    return result;
  }

  /// Those of all leaves.
  [[nodiscard]] std::int64_t pages(const Table& table) const {
    std::int64_t pages = 0;
    for (const auto* leaf : leaves(table)) pages += leaf->pages;
    return pages;
  }

  /// Of a partitioned table: PostgreSQL indexes no foreign tables.
  [[nodiscard]] bool has_foreign_leaf(const Table& table) const {
    return table.kind == 'p' &&
           std::ranges::any_of(leaves(table), [](const Table* leaf) { return leaf->kind == 'f'; });
  }

 private:
  /// Levels of partitioning are few; a loop in a catalog that is read while it changes must end.
  static constexpr std::size_t kDeepest = 64;

  [[nodiscard]] const Table* parent(const Table& table) const {
    const auto* found = find(table.parent);
    return found == nullptr || found->kind != 'p' ? nullptr : found;
  }

  std::unordered_map<Oid, const Table*> by_oid_;
  std::map<ObjectName, const Table*> by_name_;
  std::unordered_map<Oid, std::vector<const Table*>> children_;
};

}  // namespace pgadvisor::model
