#include "daemon/lifecycle_bounds.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

namespace pgadvisor::daemon {
namespace {

using lifecycle::State;

/// Sorts by use: what is obsolete, then the longest unseen.
using ByUse = std::tuple<bool, model::Timestamp, std::string>;

ByUse use_of(const TrackedProposal& tracked) {
  return {tracked.standing.state != State::kObsolete, tracked.last_seen, tracked.proposal.id};
}

void forget_proposals(LifecycleBatch& batch, model::Timestamp oldest, const std::string& database) {
  std::vector<ByUse> kept;
  for (const auto& id : batch.ids_of(database)) {
    const auto& tracked = *batch.find(id);
    if (tracked.last_seen < oldest && tracked.standing.state != State::kSnoozed) {
      batch.forget(id);
    } else {
      kept.push_back(use_of(tracked));
    }
  }
  std::sort(kept.begin(), kept.end());
  for (std::size_t i = 0; i + kMostProposals < kept.size(); ++i) batch.forget(std::get<2>(kept[i]));
}

void forget_evidence(LifecycleBatch& batch, const TrackedProposals& tracked, model::Bytes limit) {
  std::int64_t bytes = 0;
  std::vector<ByUse> with_evidence;
  for (const auto& [id, known] : tracked) {
    const auto* now = batch.find(id);
    if (now == nullptr || now->evidence.empty()) continue;
    bytes += static_cast<std::int64_t>(now->evidence.size());
    with_evidence.push_back(use_of(*now));
  }
  std::sort(with_evidence.begin(), with_evidence.end());
  for (const auto& [useful, seen, id] : with_evidence) {
    if (bytes <= limit.value) break;
    bytes -= static_cast<std::int64_t>(batch.find(id)->evidence.size());
    batch.set_evidence(id, "");
  }
}

}  // namespace

void forget_old(LifecycleBatch& batch, const TrackedProposals& tracked, const LifecycleOptions& options,
                const std::string& database) {
  forget_proposals(batch, batch.now() - options.retention, database);
  forget_evidence(batch, tracked, options.evidence_limit);
}

}  // namespace pgadvisor::daemon
