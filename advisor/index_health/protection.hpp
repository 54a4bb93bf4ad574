#pragma once

#include "advisor/index_health/foreign_keys.hpp"
#include "advisor/index_health/subject.hpp"

#include <string>

namespace pgadvisor::index_health {

/// Why an index has to stay although nothing scans it, as a sentence; empty when nothing protects it.
/// Uniqueness checks, constraints and foreign keys count no scans as long as nobody violates or deletes.
[[nodiscard]] std::string protection(const Subject& subject, const ForeignKeys& foreign_keys);

}  // namespace pgadvisor::index_health
