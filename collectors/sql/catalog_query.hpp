#pragma once

#include <string>

namespace pgadvisor::sql {

/// Whether a statement reads relations and all of them are the server's own: in pg_catalog or
/// information_schema, or without a schema and named pg_*. False for what the grammar (PostgreSQL 15's) does
/// not know. Any thread.
[[nodiscard]] bool reads_catalogs_only(const std::string& text);

}  // namespace pgadvisor::sql
