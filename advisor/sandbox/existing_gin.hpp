#pragma once

#include "advisor/sandbox/database.hpp"
#include "collectors/model/catalog.hpp"

namespace pgadvisor::sandbox {

/// Tells the planner of the twin what is in production's GIN indexes: their pages are known, and how those
/// are shared out between entries and posting trees is predicted. Indexes that the twin lacks are left alone.
[[nodiscard]] model::Result<void> size_existing_gin(Database& twin, const model::DatabaseSnapshot& snapshot);

}  // namespace pgadvisor::sandbox
