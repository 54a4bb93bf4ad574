#pragma once

#include "collectors/model/catalog.hpp"

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pgadvisor::sandbox {

/// What a B-tree's size depends on, of one of its columns.
struct KeyColumn {
  /// Bytes stored (with the varlena header, short up to 127) -> share of the non-null values.
  std::map<int, double> widths;
  int alignment = 1;         ///< of a fixed-length type
  bool varlena = false;      ///< aligned to 4 bytes only when longer than 127
  bool equal_image = false;  ///< equal values are equal bytes (btequalimage): allows deduplication
  double null_fraction = 0;  ///< of all rows
  double distinct = 1;       ///< different non-null values in the whole table
  std::vector<double> frequencies = {};  ///< of the most common values, as shares of all rows
};

/// A column of a table of `rows` rows; `statistics` may be null. Widths of texts and numerics come from the
/// most common values and the histogram, which are a sample; those of other types from the type or the
/// average.
[[nodiscard]] KeyColumn key_column(const model::Column& column, const model::ColumnStatistics* statistics,
                                   double rows);

/// An expression of which nothing is known, or a column without statistics: 32 bytes and 200 values, as the
/// planner takes them to be (get_typavgwidth(), DEFAULT_NUM_DISTINCT).
[[nodiscard]] KeyColumn unknown_column(double rows);

/// Elements of a one-dimensional array in its text form, unquoted. What is no such array has none.
[[nodiscard]] std::vector<std::string> array_elements(std::string_view text);

/// Bytes of a numeric of this text form, with a short header (numeric.c: base-10000 digits).
[[nodiscard]] int numeric_width(std::string_view text);

/// Rows of pg_stats by relation. The rows have to outlive it.
class StatisticsByRelation {
 public:
  explicit StatisticsByRelation(const std::vector<model::ColumnStatistics>& statistics);
  /// Those of a partitioned table speak of all its partitions. Null where there are none.
  [[nodiscard]] const model::ColumnStatistics* find(const model::Table& table, std::string_view column) const;

 private:
  std::unordered_map<model::ObjectName, std::vector<const model::ColumnStatistics*>> rows_;
};

}  // namespace pgadvisor::sandbox
