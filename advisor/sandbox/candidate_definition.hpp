#pragma once

// Private to advisor/sandbox: reading an index back from the catalogs.

#include "collectors/model/index_definition.hpp"
#include "collectors/pg/rows.hpp"

#include <string>
#include <string_view>

namespace pgadvisor::sandbox {

/// One parameter, the Oid of an index; a row for each of its columns, keys first. `table`: SQL for the OID of
/// the table that the definition is to name, pg_index i at hand.
[[nodiscard]] std::string definition_query(std::string_view table);
/// `rows` of definition_query(), at least one.
[[nodiscard]] model::IndexDefinition to_definition(const pg::Rows& rows);

}  // namespace pgadvisor::sandbox
