#pragma once

#include "advisor/index_health/subject.hpp"

#include <map>
#include <string>
#include <tuple>

namespace pgadvisor::index_health {

/// Indexes that work but do not seem worth their size, by the table's statistics.
class Worth {
 public:
  /// `catalog` outlives it.
  explicit Worth(const Catalog& catalog);

  struct Doubt {
    std::string detail;  ///< low_cardinality or oversized; empty: none
    std::string reason;
  };
  /// low_cardinality: a B-tree on one column with at most ten values, one of which half of the rows have: for
  /// that one it is of no use, and a partial index on the others does the rest. oversized: larger than its
  /// table.
  [[nodiscard]] Doubt doubt(const Subject& subject) const;

 private:
  [[nodiscard]] Doubt low_cardinality(const Subject& subject) const;
  [[nodiscard]] Doubt oversized(const Subject& subject) const;

  const Catalog& catalog_;
  /// By relation, column, and whether they are of all that inherits too.
  std::map<std::tuple<model::ObjectName, std::string, bool>, const model::ColumnStatistics*> statistics_;
};

}  // namespace pgadvisor::index_health
