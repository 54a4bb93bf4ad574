#pragma once

#include "advisor/lifecycle/effect.hpp"
#include "advisor/lifecycle/proposal.hpp"
#include "advisor/lifecycle/standing.hpp"
#include "advisor/lifecycle/transition.hpp"
#include "collectors/model/result.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::daemon {

/// A proposal with all that the history knows of it; immutable once made.
struct TrackedProposal {
  lifecycle::Proposal proposal;
  lifecycle::Standing standing;
  model::Timestamp first_seen{};
  model::Timestamp last_seen{};            ///< last time it was proposed, or seen to be carried out
  std::vector<lifecycle::Change> changes;  ///< oldest first
  std::optional<lifecycle::Effect>
      effect;  ///< of one that is or was carried out, once something was measured
  /// The recommendation as it was last published, as JSON (wire.hpp); empty where nobody recommended it.
  std::string evidence;
};

/// What the life cycle publishes.
struct Proposals {
  model::Timestamp as_of{};  ///< of the last change of any of them; the epoch: there was none yet
  std::vector<std::shared_ptr<const TrackedProposal>> items;  ///< in no order that means anything
};

/// What somebody could do now: the DDL of what is open or put aside, the rollback of what regressed or has no
/// effect; empty when there is nothing to do.
[[nodiscard]] std::string proposed_sql(const TrackedProposal& tracked);

/// Carries a person's decision out. kSkip: there is no such proposal. kGiveUp: its state has no room for the
/// decision. kRetry: it could not be written down, and was not taken.
using Decide = std::function<model::Result<std::shared_ptr<const TrackedProposal>>(
    const std::string& id, const lifecycle::Event& decision)>;

}  // namespace pgadvisor::daemon
