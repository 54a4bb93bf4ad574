#pragma once

#include "advisor/workload/workload.hpp"
#include "collectors/model/catalog.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace pgadvisor::workload {

/// For each of some sessions the positions of its statements.
using Shares = std::vector<std::vector<std::size_t>>;

/// Shares statements out among sessions that plan at the same time. Each gets as much to plan as the others,
/// as far as the texts tell, and statements on the same tables, which it looks up once: these follow each
/// other.
[[nodiscard]] Shares share_out(std::span<const Statement> statements, const model::DatabaseSnapshot& snapshot,
                               int sessions);

}  // namespace pgadvisor::workload
