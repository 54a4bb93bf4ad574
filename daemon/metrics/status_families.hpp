#pragma once

#include "daemon/metrics/families.hpp"
#include "daemon/status.hpp"

namespace pgadvisor::daemon::metrics {

/// The daemon's own state: is it healthy, what does it cost.
void add_status(Families& families, const Status& status);

/// Whether the newest success of this task in this database is at most three intervals old, seen from
/// status.as_of. A task that is not listed counts as fresh: somebody else fills the report.
[[nodiscard]] bool is_fresh(const Status& status, const std::string& task, const std::string& database);

}  // namespace pgadvisor::daemon::metrics
