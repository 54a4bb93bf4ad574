#pragma once

#include <string>

namespace pgadvisor::sql {

/// A value of search_path without pg_catalog: PostgreSQL then searches pg_catalog first.
[[nodiscard]] std::string catalog_first(const std::string& search_path);

}  // namespace pgadvisor::sql
