#include "daemon/proposals.hpp"

namespace pgadvisor::daemon {

std::string proposed_sql(const TrackedProposal& tracked) {
  switch (tracked.standing.state) {
    case lifecycle::State::kOpen:
    case lifecycle::State::kSnoozed:
    case lifecycle::State::kDismissed:
      // What was put aside after it had been carried out is of no use where it is.
      return tracked.standing.applied_at ? tracked.proposal.rollback : tracked.proposal.ddl;
    case lifecycle::State::kWithoutEffect:
      // A dropped index that nobody misses stays dropped.
      return tracked.proposal.action == lifecycle::Action::kCreateIndex ? tracked.proposal.rollback : "";
    case lifecycle::State::kRegressed:
      return tracked.proposal.rollback;
    case lifecycle::State::kApplied:
    case lifecycle::State::kVerified:
    case lifecycle::State::kObsolete:
      return {};
  }
  return {};
}

}  // namespace pgadvisor::daemon
