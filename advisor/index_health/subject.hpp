#pragma once

#include "collectors/model/catalog.hpp"
#include "collectors/model/table_trees.hpp"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace pgadvisor::index_health {

/// An index that a verdict is about: of one table, or of a partitioned table together with all that is
/// attached below it. An index attached to a partitioned one has no verdict of its own.
struct Subject {
  const model::Index* index = nullptr;
  const model::Table* table = nullptr;
  std::vector<const model::Index*> parts;  ///< indexes with rows: the attached ones, or this one
  std::int64_t pages = 0;                  ///< of all parts
  double tuples = 0;                       ///< of all parts

  [[nodiscard]] bool is_partitioned() const { return table->kind == 'p'; }
  [[nodiscard]] model::Bytes bytes() const { return {pages * model::kBlockSize}; }
};

/// The indexes and tables of a snapshot, which outlives it, as this folder looks at them.
class Catalog {
 public:
  explicit Catalog(const model::DatabaseSnapshot& snapshot);

  [[nodiscard]] const model::DatabaseSnapshot& snapshot() const { return snapshot_; }
  /// Those of partitioned tables before those of their partitions; else in the snapshot's order.
  [[nodiscard]] const std::vector<Subject>& subjects() const { return subjects_; }
  [[nodiscard]] const model::Table* table(model::Oid oid) const;
  [[nodiscard]] const model::Index* index(model::Oid oid) const;
  /// Every index of the table, attached ones too.
  [[nodiscard]] const std::vector<const model::Index*>& indexes_of(model::Oid table) const;
  /// The subject that an index belongs to: its own, or that of the index it is attached to, at any depth.
  [[nodiscard]] const Subject* subject_of(const model::Index& index) const;
  /// With all that is attached below it.
  [[nodiscard]] std::int64_t pages_of(const model::Index& index) const;
  /// The table itself, or all tables with rows below a partitioned one.
  [[nodiscard]] std::vector<const model::Table*> leaves(const model::Table& table) const {
    return trees_.leaves(table);
  }

 private:
  void add_parts(const model::Index& index, Subject& subject) const;
  [[nodiscard]] int depth(const model::Table& table) const;

  const model::DatabaseSnapshot& snapshot_;
  model::TableTrees trees_;
  std::unordered_map<model::Oid, const model::Table*> tables_;
  std::unordered_map<model::Oid, const model::Index*> indexes_;
  std::unordered_map<model::Oid, std::vector<const model::Index*>> by_table_;
  std::unordered_map<model::Oid, std::vector<const model::Index*>> attached_;
  std::vector<Subject> subjects_;
  std::unordered_map<model::Oid, std::size_t> subject_positions_;  ///< by the OID of the subject's index
};

}  // namespace pgadvisor::index_health
