#pragma once

#include "advisor/report.hpp"
#include "daemon/metrics/families.hpp"

namespace pgadvisor::daemon::metrics {

/// How much of the servers' time the advice rests on, and what it could save of it. A database without times
/// (a workload file), or a server that does not tell how long its sessions were active (13), has no series.
void add_coverage(Families& families, const advisor::Report& report);

}  // namespace pgadvisor::daemon::metrics
