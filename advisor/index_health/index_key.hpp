#pragma once

#include "collectors/model/index.hpp"

#include <string_view>
#include <vector>

namespace pgadvisor::index_health {

/// One key of an index, as raw catalog columns.
struct Key {
  std::int16_t column = 0;      ///< 0: an expression
  std::string_view expression;  ///< in normal form (collectors/expression_tree.hpp)
  model::Oid operator_class{};
  std::string_view parameters;  ///< of the operator class
  model::Oid collation{};
  std::int16_t option = 0;  ///< pg_index.indoption: 1 descending, 2 nulls first

  /// The same values in the same order, but for its direction. Expressions that are not known are never.
  [[nodiscard]] bool same_values(const Key& other) const {
    return column == other.column && (column != 0 || !expression.empty()) && expression == other.expression &&
           operator_class == other.operator_class && parameters == other.parameters &&
           collation == other.collation;
  }
};

/// The keys, without INCLUDEd columns. They refer to `index`.
[[nodiscard]] std::vector<Key> keys_of(const model::Index& index);

/// INCLUDEd columns, sorted.
[[nodiscard]] std::vector<std::int16_t> included_columns(const model::Index& index);

}  // namespace pgadvisor::index_health
