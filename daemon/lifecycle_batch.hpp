#pragma once

// Private to daemon/lifecycle.cpp.

#include "collectors/history/proposal_rows.hpp"
#include "daemon/proposals.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace pgadvisor::daemon {

/// By id.
using TrackedProposals = std::map<std::string, std::shared_ptr<const TrackedProposal>>;

/// What one observation or decision changes, before any of it is written down.
class LifecycleBatch {
 public:
  LifecycleBatch(const TrackedProposals& tracked, model::Timestamp now) : tracked_(tracked), now_(now) {}

  /// As it is with what this batch changes; null when there is none.
  [[nodiscard]] const TrackedProposal* find(const std::string& id) const;
  [[nodiscard]] std::vector<std::string> ids_of(const std::string& database) const;
  [[nodiscard]] model::Timestamp now() const { return now_; }

  /// A proposal that is not tracked yet, with its first change.
  void add(TrackedProposal tracked);
  /// To be changed in place; `id` is tracked.
  [[nodiscard]] TrackedProposal& edit(const std::string& id);
  void set_evidence(const std::string& id, std::string evidence);
  void forget(const std::string& id);
  /// Fails for a decision that is refused, and then changes nothing.
  model::Result<void> happen(const std::string& id, const lifecycle::Event& event);

  [[nodiscard]] bool empty() const { return edited_.empty() && forgotten_.empty(); }
  [[nodiscard]] std::vector<history::ProposalRow> rows() const;
  [[nodiscard]] const std::vector<history::ProposalChangeRow>& changes() const { return changes_; }
  [[nodiscard]] std::vector<std::string> forgotten() const { return {forgotten_.begin(), forgotten_.end()}; }
  /// What the batch makes of `tracked`.
  void apply_to(TrackedProposals& tracked) const;

 private:
  const TrackedProposals& tracked_;
  model::Timestamp now_;
  std::map<std::string, TrackedProposal> edited_;
  std::set<std::string> new_evidence_;
  std::set<std::string> forgotten_;
  std::vector<history::ProposalChangeRow> changes_;
};

}  // namespace pgadvisor::daemon
