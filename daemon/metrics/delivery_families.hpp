#pragma once

#include "daemon/kept_reports.hpp"
#include "daemon/metrics/families.hpp"

namespace pgadvisor::daemon::metrics {

/// Weekly reports, and whether they arrive.
void add_reports(Families& families, const KeptReports& reports);

}  // namespace pgadvisor::daemon::metrics
