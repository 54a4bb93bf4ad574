#pragma once

#include "collectors/model/units.hpp"
#include "daemon/lifecycle_batch.hpp"

#include <chrono>
#include <string>

namespace pgadvisor::daemon {

struct LifecycleOptions {
  std::chrono::hours retention{24 * 40};  ///< proposals not seen for so long are forgotten, unless snoozed
  model::Bytes evidence_limit{64 << 20};  ///< of all evidence together
};

/// Of one database.
inline constexpr std::size_t kMostProposals = 1000;

/// Lets the batch forget what nobody has seen for long, or what is too much: of a database's proposals and of
/// all evidence the longest unseen first, and before them what is obsolete.
void forget_old(LifecycleBatch& batch, const TrackedProposals& tracked, const LifecycleOptions& options,
                const std::string& database);

}  // namespace pgadvisor::daemon
