#pragma once

#include "collectors/model/catalog.hpp"

#include <string>

namespace pgadvisor::collectors {

/// A short text that two indexes have in common when they are on the table of the same name and have the same
/// definition: keys by column name, method, uniqueness, INCLUDE, predicate. Survives REINDEX, DROP and
/// CREATE, dump and restore within a major version. For history, where a wrong "different" costs time only.
[[nodiscard]] std::string index_identity(const model::Index& index, const model::Table& table);

}  // namespace pgadvisor::collectors
