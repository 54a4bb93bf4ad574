#pragma once

#include "advisor/report.hpp"
#include "daemon/metrics/families.hpp"
#include "daemon/status.hpp"

namespace pgadvisor::daemon::metrics {

/// What was found. Identity is in `pgadvisor_recommendation_info` alone; values join it by `id`. No statement
/// text and no DDL in labels. Counters of tables and indexes disappear when their database missed three
/// polls.
void add_report(Families& families, const advisor::Report& report, const Status& status);

}  // namespace pgadvisor::daemon::metrics
