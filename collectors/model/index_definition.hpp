#pragma once

#include "collectors/model/ids.hpp"

#include <compare>
#include <string>
#include <vector>

namespace pgadvisor::model {

/// One key of an index: a column by its (unquoted) name, or an expression as SQL text.
struct IndexKey {
  std::string column;            ///< empty for an expression
  std::string expression = {};   ///< SQL without outer parentheses; empty for a column
  std::string operator_class = {};  ///< empty: the default of the type; already quoted where needed
  std::string collation = {};       ///< empty: the column's; already quoted where needed
  bool descending = false;
  bool nulls_first = false;  ///< PostgreSQL's default: last when ascending, first when descending

  auto operator<=>(const IndexKey&) const = default;
};

/// What an index is, independent of its name and of whether it exists. Key order is meaning.
struct IndexDefinition {
  ObjectName table;
  std::string method = "btree";
  std::vector<IndexKey> keys;
  std::vector<std::string> include = {};  ///< unquoted column names, sorted
  std::string predicate = {};             ///< SQL without WHERE; empty: a full index

  auto operator<=>(const IndexDefinition&) const = default;
};

}  // namespace pgadvisor::model
