#pragma once

#include "advisor/sandbox/dump_groups.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/blocking_connection.hpp"

#include <string>
#include <vector>

namespace pgadvisor::sandbox {

/// Tables, views and sequences of users, by OID; without sequences that belong to a column, which are dumped
/// with its table.
[[nodiscard]] model::Result<std::vector<DumpRelation>> read_dump_relations(pg::BlockingConnection& session);

/// CREATE STATISTICS of each statistics object: which dump of a part has them depends on pg_dump's version.
[[nodiscard]] model::Result<std::vector<std::string>> read_statistics_objects(
    pg::BlockingConnection& session);

}  // namespace pgadvisor::sandbox
