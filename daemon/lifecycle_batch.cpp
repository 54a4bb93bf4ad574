#include "daemon/lifecycle_batch.hpp"

#include "daemon/lifecycle_rows.hpp"

namespace pgadvisor::daemon {
namespace {

/// Shown of one proposal; the history keeps as many.
constexpr std::size_t kMostChanges = 100;

void remember(TrackedProposal& tracked, const lifecycle::Change& change) {
  auto& changes = tracked.changes;
  changes.push_back(change);
  if (changes.size() > kMostChanges) changes.erase(changes.begin());
}

}  // namespace

const TrackedProposal* LifecycleBatch::find(const std::string& id) const {
  if (forgotten_.contains(id)) return nullptr;
  if (const auto edited = edited_.find(id); edited != edited_.end()) return &edited->second;
  const auto known = tracked_.find(id);
  return known == tracked_.end() ? nullptr : known->second.get();
}

std::vector<std::string> LifecycleBatch::ids_of(const std::string& database) const {
  std::vector<std::string> ids;
  for (const auto& [id, tracked] : tracked_) {
    if (tracked->proposal.database == database && !forgotten_.contains(id)) ids.push_back(id);
  }
  for (const auto& [id, tracked] : edited_) {
    if (tracked.proposal.database == database && !tracked_.contains(id)) ids.push_back(id);
  }
  return ids;
}

void LifecycleBatch::add(TrackedProposal tracked) {
  const auto& standing = tracked.standing;
  const lifecycle::Change change{standing.since, std::nullopt, standing.state, standing.by, standing.why};
  remember(tracked, change);
  const auto id = tracked.proposal.id;
  changes_.push_back(to_row(id, change));
  new_evidence_.insert(id);
  edited_.insert_or_assign(id, std::move(tracked));
}

TrackedProposal& LifecycleBatch::edit(const std::string& id) {
  const auto edited = edited_.find(id);
  if (edited != edited_.end()) return edited->second;
  return edited_.emplace(id, *tracked_.at(id)).first->second;
}

void LifecycleBatch::set_evidence(const std::string& id, std::string evidence) {
  edit(id).evidence = std::move(evidence);
  new_evidence_.insert(id);
}

void LifecycleBatch::forget(const std::string& id) {
  edited_.erase(id);
  std::erase_if(changes_, [&](const auto& change) { return change.proposal == id; });
  forgotten_.insert(id);
}

model::Result<void> LifecycleBatch::happen(const std::string& id, const lifecycle::Event& event) {
  const auto& tracked = *find(id);
  auto transition = lifecycle::next(tracked.proposal.action, tracked.standing, event, now_);
  if (!transition) return transition.error();
  if (transition->standing == tracked.standing) return {};
  auto& changed = edit(id);
  changed.standing = std::move(transition->standing);
  if (!transition->change) return {};
  remember(changed, *transition->change);
  changes_.push_back(to_row(id, *transition->change));
  return {};
}

std::vector<history::ProposalRow> LifecycleBatch::rows() const {
  std::vector<history::ProposalRow> rows;
  for (const auto& [id, tracked] : edited_) {
    rows.push_back(to_row(tracked));
    if (!new_evidence_.contains(id)) rows.back().evidence.reset();
  }
  return rows;
}

void LifecycleBatch::apply_to(TrackedProposals& tracked) const {
  for (const auto& id : forgotten_) tracked.erase(id);
  for (const auto& [id, changed] : edited_) tracked[id] = std::make_shared<const TrackedProposal>(changed);
}

}  // namespace pgadvisor::daemon
