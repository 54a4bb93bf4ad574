#pragma once

#include "advisor/index_health/subject.hpp"
#include "advisor/sandbox/database.hpp"

#include <optional>

namespace pgadvisor::index_health {

/// Pages that all parts of an index would have together if they were built anew, by the sandbox's size model.
/// Nothing where the twin lacks one of them, or its statistics do not tell. kReconnect when the sandbox died.
[[nodiscard]] model::Result<std::optional<std::int64_t>> predicted_pages(const Subject& subject,
                                                                         const Catalog& catalog,
                                                                         sandbox::Database& sandbox);

/// The planner's belief of one part.
[[nodiscard]] double rows_in(const model::Index& part, const model::Table& table);

}  // namespace pgadvisor::index_health
