#pragma once

#include "advisor/index_health/verdicts.hpp"
#include "advisor/sandbox/database.hpp"

#include <optional>

namespace pgadvisor::index_health {

/// The SQL that follows from a verdict, and the way back. `twin`: the index as the sandbox has it; without it
/// a drop has no way back and is not written down.
void write_cure(Judged& judged, const std::optional<sandbox::ExistingIndex>& twin,
                const std::string& constraint_ddl);

}  // namespace pgadvisor::index_health
