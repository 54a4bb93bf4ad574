#pragma once

#include "advisor/report.hpp"
#include "daemon/metrics/families.hpp"
#include "daemon/status.hpp"

namespace pgadvisor::daemon::metrics {

/// Tables that sequential scans read a lot of, most bytes first. State and cause are in
/// `pgadvisor_hotspot_info` alone. Those of a database that missed three polls of its counters are left out.
void add_hotspots(Families& families, const advisor::Report& report, const Status& status);

}  // namespace pgadvisor::daemon::metrics
