#pragma once

#include "collectors/model/ids.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace pgadvisor::sandbox {

/// What pg_dump takes for a table, whatever its kind.
struct DumpRelation {
  model::Oid oid{};
  model::ObjectName name;
  char kind = 'r';  ///< pg_class.relkind
  std::size_t indexes = 0;
  std::vector<model::Oid> parents = {};  ///< whose partition or child it is
};

using DumpGroup = std::vector<model::ObjectName>;

/// Divides relations into groups of at most `most` relations, indexes counted, each of which is dumped over a
/// session of its own. Trees of partitions and children stay together, however large; views come last, for
/// they may read anything. Empty when all are no more than `most`, or when a group has too many names for a
/// command line: then one dump has everything.
[[nodiscard]] std::vector<DumpGroup> dump_groups(const std::vector<DumpRelation>& relations,
                                                 std::size_t most);

/// A pattern of pg_dump --table that matches this relation only.
[[nodiscard]] std::string dump_pattern(const model::ObjectName& relation);

}  // namespace pgadvisor::sandbox
