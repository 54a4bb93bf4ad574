#pragma once

#include "advisor/index_health/usage.hpp"
#include "advisor/index_report.hpp"
#include "advisor/sandbox/database.hpp"
#include "advisor/workload/workload.hpp"
#include "collectors/model/activity.hpp"
#include "collectors/model/catalog.hpp"
#include "collectors/model/usage.hpp"

#include <stop_token>
#include <vector>

namespace pgadvisor::index_health {

/// What is known of one database. All of it outlives the examination.
struct Evidence {
  const model::DatabaseSnapshot& snapshot;
  const model::DatabaseActivity& activity;        ///< deletes from referenced tables, writes
  const model::ClusterUsage& usage;               ///< of its indexes, on every member
  const std::vector<model::IndexMemory>& memory;  ///< what was said before
};

/// Verdicts on every index and every foreign key without one. `sandbox`, a reset twin of the snapshot's
/// database, predicts sizes, writes down how an index would be made again, and rehearses drops over
/// `workload`; without it (null) there are verdicts, but no drop is written down. Blocking; one worker
/// thread. kReconnect when the sandbox died, kGiveUp when stopped.
[[nodiscard]] model::Result<advisor::IndexHealth> examine(const Evidence& evidence,
                                                          const workload::Workload& workload,
                                                          const UsagePolicy& policy,
                                                          sandbox::Database* sandbox, std::stop_token stop);

/// What to keep of the verdicts for the next time.
[[nodiscard]] std::vector<model::IndexMemory> to_remember(const advisor::IndexHealth& health);

}  // namespace pgadvisor::index_health
