#pragma once

#include "advisor/report.hpp"
#include "daemon/metrics/families.hpp"
#include "daemon/status.hpp"

namespace pgadvisor::daemon::metrics {

/// Existing indexes and foreign keys: sums by verdict, and one series each for those with something to do, as
/// the API lists them. Series of a database that missed three polls of its counters are left out.
void add_indexes(Families& families, const advisor::Report& report, const Status& status);

/// The servers of the cluster.
void add_members(Families& families, const advisor::Report& report, const Status& status);

}  // namespace pgadvisor::daemon::metrics
