#pragma once

#include "advisor/sandbox/scan.hpp"
#include "advisor/whatif/candidate_set.hpp"

namespace pgadvisor::whatif {

/// Whether the planner could have a use for an index in this scan: it is on the table scanned, on one that
/// this is a partition of or on one of its partitions; its first key is searched, joined or sorted by, or it
/// holds every column the scan needs (a smaller thing to read than the table); and if it is partial, some
/// condition of the scan is about a column that the predicate names, without which it cannot be implied. An
/// index that fails this is not shown to the planner: each visible one costs planning time.
[[nodiscard]] bool could_serve(const Candidate& candidate, const sandbox::Scan& scan);

/// Whether an index-only scan of the index could serve the scan.
[[nodiscard]] bool covers(const Candidate& candidate, const sandbox::Scan& scan);

}  // namespace pgadvisor::whatif
