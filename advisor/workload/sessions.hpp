#pragma once

#include "advisor/workload/workload.hpp"
#include "collectors/model/catalog.hpp"

#include <span>
#include <vector>

namespace pgadvisor::workload {

/// Shares statements out among sessions that plan at the same time: for each the number of its session, below
/// `sessions`. Each session gets as much to plan as the others, as far as the texts tell, and statements on
/// the same tables, which it looks up once.
[[nodiscard]] std::vector<int> share_out(std::span<const Statement> statements,
                                         const model::DatabaseSnapshot& snapshot, int sessions);

}  // namespace pgadvisor::workload
