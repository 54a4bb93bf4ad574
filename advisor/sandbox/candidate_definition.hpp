#pragma once

// Private to advisor/sandbox: reading an index back from the catalogs.

#include "collectors/model/index_definition.hpp"
#include "collectors/pg/rows.hpp"

#include <string>

namespace pgadvisor::sandbox {

/// One parameter, the Oid of a candidate; a row for each of its columns, keys first.
[[nodiscard]] const std::string& definition_query();
/// `rows` of definition_query(), at least one.
[[nodiscard]] model::IndexDefinition to_definition(const pg::Rows& rows);

}  // namespace pgadvisor::sandbox
