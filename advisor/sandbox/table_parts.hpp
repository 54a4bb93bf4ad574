#pragma once

#include "collectors/model/ids.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/blocking_connection.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pgadvisor::sandbox {

/// One part of a table's definition, in the words of DDL.
struct TablePart {
  enum class Kind {
    kTable,       ///< kind, storage parameters, partition key
    kParent,      ///< a parent and the bounds within it
    kColumn,      ///< type, collation, generation
    kIndex,       ///< pg_get_indexdef(); without those of constraints
    kAttachment,  ///< the partitioned index that an index belongs to
    kConstraint,  ///< pg_get_constraintdef()
  };
  Kind kind{};
  model::ObjectName table;
  std::string name;
  std::string definition;
  std::optional<std::string> default_value = {};  ///< of a column that is not generated
  bool not_null = false;
  bool inherited = false;  ///< a column or constraint that comes and goes with the parent's

  bool operator==(const TablePart&) const = default;
};

/// The parts of these tables, in whichever server the connection leads to; those of a table that is not there
/// are missing. Names in definitions are qualified: the connection's search_path is empty.
[[nodiscard]] model::Result<std::vector<TablePart>> read_table_parts(
    pg::BlockingConnection& connection, std::span<const model::ObjectName> tables);

/// Whether both say the same, in whatever order.
[[nodiscard]] bool same_parts(std::span<const TablePart> a, std::span<const TablePart> b);

/// DDL that makes `twin` what `production` is, in an order that works. nullopt when that takes more than
/// columns, indexes and constraints: other bounds of a partition, another generation expression, ...
[[nodiscard]] std::optional<std::vector<std::string>> difference(std::span<const TablePart> twin,
                                                                 std::span<const TablePart> production);

}  // namespace pgadvisor::sandbox
