#pragma once

#include "collectors/model/ids.hpp"
#include "collectors/model/units.hpp"
#include "collectors/sql/index_statement.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace pgadvisor::daemon::apply {

/// An index of a table that is to be changed, as the server describes it.
struct ExistingIndex {
  model::Oid oid{};
  model::ObjectName name;
  model::Oid table{};
  std::string ddl;                       ///< pg_get_indexdef()
  std::optional<sql::IndexShape> shape;  ///< of it; empty where our grammar does not know it
  bool is_valid = true;                  ///< indisvalid and indisready
  bool is_partitioned = false;
  model::Oid parent{};          ///< partitioned index it is attached to
  std::optional<int> built_by;  ///< backend that builds it at this moment
  std::string needed_for;       ///< why it must stay, "the primary key"; empty: nothing rests on it
  model::Bytes size;
};

/// A table, or a partition of one.
struct TableNode {
  model::Oid oid{};
  model::ObjectName name;
  char kind = 'r';  ///< pg_class.relkind
  model::Oid parent{};
};

/// What has to be known of a table before its indexes are changed.
struct TableFacts {
  std::vector<TableNode> nodes;        ///< the table itself, then what is below it, parents before children
  std::vector<ExistingIndex> indexes;  ///< of all nodes
  std::set<model::ObjectName> names;   ///< relations whose names an index must not take
  bool is_owner = true;
  model::Bytes heap_size;
  /// Rough size of an index on the wanted columns: rows times the average widths; empty where the widths are
  /// not known.
  std::optional<model::Bytes> rough_index_size;
};

}  // namespace pgadvisor::daemon::apply
