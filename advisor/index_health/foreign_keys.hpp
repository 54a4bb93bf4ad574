#pragma once

#include "advisor/index_health/subject.hpp"
#include "advisor/index_report.hpp"
#include "collectors/model/activity.hpp"

#include <map>
#include <string>
#include <vector>

namespace pgadvisor::index_health {

/// What happened to referenced rows in a window of time.
struct ParentChanges {
  struct Update {
    model::ObjectName table;
    std::vector<std::string> columns;  ///< that it sets
    double rows = 0;
  };
  model::Window window;
  std::map<model::ObjectName, std::int64_t> deleted;  ///< rows, by table
  std::vector<Update> updates;                        ///< statements that set columns, where they are known
};

/// Foreign keys and the indexes by which PostgreSQL finds the rows that reference a row (ri_triggers.c: one
/// query for each row that is deleted or changes its key).
class ForeignKeys {
 public:
  /// `catalog` outlives it.
  explicit ForeignKeys(const Catalog& catalog);

  /// Whether the check of the key can use the index: valid, a B-tree whose first columns are the key's in any
  /// order, or a hash index on the only one; by the equality the check uses; on all rows, or on all where
  /// columns of the key are not null.
  [[nodiscard]] bool serves(const model::Index& index, const model::ForeignKey& key) const;
  /// A foreign key that the index serves, itself or where it is attached; null when there is none.
  [[nodiscard]] const model::ForeignKey* served_by(const model::Index& index) const;
  /// Those that no index serves: once for each set of columns, at the root of a partitioned table, worst
  /// first.
  [[nodiscard]] std::vector<advisor::ForeignKeyReport> without_index(const ParentChanges& changes) const;

 private:
  using Columns = std::vector<std::int16_t>;
  [[nodiscard]] bool finds(const model::Index& index, std::size_t key_position,
                           const model::ForeignKey& key) const;
  [[nodiscard]] bool is_served(const model::ForeignKey& key, const model::Table& table) const;
  [[nodiscard]] std::string served_in_part(const model::ForeignKey& key, const model::Table& table) const;
  [[nodiscard]] double changes(const model::ForeignKey& key, const ParentChanges& changes) const;
  [[nodiscard]] advisor::ForeignKeyReport report(const std::vector<const model::ForeignKey*>& keys,
                                                 const ParentChanges& changes) const;

  const Catalog& catalog_;
  std::map<model::Oid, std::vector<const model::ForeignKey*>> by_table_;
};

}  // namespace pgadvisor::index_health
