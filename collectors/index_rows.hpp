#pragma once

#include "collectors/model/ids.hpp"
#include "collectors/model/index_definition.hpp"
#include "collectors/pg/rows.hpp"

#include <map>
#include <string>

namespace pgadvisor::collectors {

/// Bits of pg_index.indoption, as in catalog/pg_index.h and access/itup.h.
inline constexpr int kDescending = 1;
inline constexpr int kNullsFirst = 2;

/// Reads indexes back as the server understands them: a row for each column of an index, keys first. `table`
/// is SQL for the Oid of the table that the definition names, `condition` picks rows of pg_index `i`.
[[nodiscard]] std::string definitions_sql(const std::string& table, const std::string& condition);

/// `rows` of definitions_sql().
[[nodiscard]] std::map<model::Oid, model::IndexDefinition> definitions_of(const pg::Rows& rows);

}  // namespace pgadvisor::collectors
