#pragma once

#include "daemon/metrics/families.hpp"
#include "daemon/proposals.hpp"
#include "daemon/status.hpp"

namespace pgadvisor::daemon::metrics {

/// Where proposals stand and what those that were carried out brought. Identity and state are in
/// `pgadvisor_proposal_info` alone, which obsolete ones have not; values join it by `id`.
void add_proposals(Families& families, const Proposals& proposals, const Status& status);

}  // namespace pgadvisor::daemon::metrics
