#include "daemon/lifecycle.hpp"

#include "collectors/sql/quote.hpp"
#include "daemon/lifecycle_bounds.hpp"
#include "daemon/lifecycle_rows.hpp"
#include "daemon/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace pgadvisor::daemon {
namespace {

using lifecycle::Action;
using lifecycle::Origin;
using lifecycle::State;
using model::Result;

std::vector<model::QueryId> numbers_of(const std::vector<lifecycle::MeasuredStatement>& statements) {
  std::vector<model::QueryId> numbers;
  for (const auto& statement : statements) {
    std::int64_t number = 0;
    const char* end = statement.query_id.data() + statement.query_id.size();
    const auto [stop, error] = std::from_chars(statement.query_id.data(), end, number);
    if (error == std::errc{} && stop == end) numbers.push_back(model::QueryId{number});
  }
  return numbers;
}

bool same_indexes(const lifecycle::Catalog& a, const lifecycle::Catalog& b) {
  return a.indexes == b.indexes && a.tables == b.tables;
}

/// Measured to its end: the verdict stays.
bool is_final(const TrackedProposal& tracked) {
  const auto& applied = tracked.standing.applied_at;
  return tracked.effect && applied && tracked.effect->after.to >= *applied + lifecycle::kMeasuringTime;
}

/// When other indexes of the table were changed, as far as it is known.
std::vector<model::Timestamp> other_changes(const LifecycleBatch& batch, const TrackedProposal& tracked) {
  std::vector<model::Timestamp> times;
  for (const auto& id : batch.ids_of(tracked.proposal.database)) {
    const auto& other = *batch.find(id);
    if (id == tracked.proposal.id || other.proposal.table != tracked.proposal.table) continue;
    // That the index this one drops is gone from the catalog is the same change.
    const bool same_index = other.proposal.definition == tracked.proposal.definition;
    for (const auto& change : other.changes) {
      const bool taken_back =
          change.to == State::kObsolete && change.from && lifecycle::is_carried_out(*change.from);
      if (change.to == State::kApplied || (taken_back && !same_index)) times.push_back(change.at);
    }
  }
  return times;
}

bool was_carried_out(const TrackedProposal& tracked) {
  return std::ranges::any_of(tracked.changes,
                             [](const auto& change) { return change.to == State::kApplied; });
}

/// A drop of what was created and measured to be of no use: its own proposal says that, or was put aside.
bool is_questioned_already(const LifecycleBatch& batch, const lifecycle::Proposal& drop) {
  if (drop.action != Action::kDropIndex) return false;
  return std::ranges::any_of(batch.ids_of(drop.database), [&](const auto& id) {
    const auto& other = *batch.find(id);
    const auto state = other.standing.state;
    return other.proposal.action == Action::kCreateIndex && other.proposal.index == drop.index &&
           other.standing.applied_at && state != State::kApplied && state != State::kVerified;
  });
}

const char* made_by_somebody(Action action) {
  return action == Action::kCreateIndex ? "somebody created this index" : "somebody dropped this index";
}

}  // namespace

Result<void> Lifecycle::load() {
  const auto rows = history_.proposals();
  if (!rows) return rows.error();
  const auto changes = history_.proposal_changes();
  if (!changes) return changes.error();
  std::map<std::string, TrackedProposal> read;
  for (const auto& row : *rows) {
    if (auto tracked = from_row(row)) read.emplace(row.id, std::move(*tracked));
  }
  for (const auto& row : *changes) {
    const auto tracked = read.find(row.proposal);
    const auto change = from_row(row);
    if (tracked != read.end() && change) tracked->second.changes.push_back(*change);
  }
  for (auto& [id, tracked] : read) tracked_[id] = std::make_shared<const TrackedProposal>(std::move(tracked));
  if (!tracked_.empty()) publish();
  return {};
}

Result<void> Lifecycle::advised(const advisor::DatabaseReport& report) {
  const auto& database = report.advice.database;
  const auto catalog = last_catalog(database);
  if (!catalog) return catalog.error();
  statements_[database] = report.advice.table_statements;
  LifecycleBatch batch(tracked_, clock_.now());
  std::set<std::string> proposed;
  for (auto& fresh : proposals_of(report, *catalog)) {
    if (is_questioned_already(batch, fresh.proposal)) continue;
    proposed.insert(fresh.proposal.id);
    propose(batch, std::move(fresh));
  }
  for (const auto& id : batch.ids_of(database)) {
    const bool advised_now = proposed.contains(id);
    const auto origin = batch.find(id)->proposal.origin;
    if (advised_now || origin != Origin::kCatalog) (void)batch.happen(id, lifecycle::Advised{advised_now});
    if (advised_now) batch.edit(id).last_seen = batch.now();
    if (*catalog != nullptr) look(batch, id, **catalog, *catalog);
    (void)batch.happen(id, lifecycle::Tick{});
  }
  forget_old(batch, tracked_, options_, database);
  return commit(batch);
}

void Lifecycle::propose(LifecycleBatch& batch, ProposalWithEvidence fresh) {
  const auto id = fresh.proposal.id;
  const auto* known = batch.find(id);
  if (known == nullptr) {
    TrackedProposal tracked;
    tracked.proposal = std::move(fresh.proposal);
    tracked.standing = {.state = State::kOpen, .since = batch.now(), .by = lifecycle::kOurselves};
    tracked.first_seen = batch.now();
    tracked.evidence = std::move(fresh.evidence);
    batch.add(std::move(tracked));
    return;
  }
  // What is carried out is measured as it was proposed then.
  if (known->standing.applied_at) return;
  batch.edit(id).proposal = std::move(fresh.proposal);
  batch.set_evidence(id, std::move(fresh.evidence));
}

void Lifecycle::look(LifecycleBatch& batch, const std::string& id, const lifecycle::Catalog& catalog,
                     const lifecycle::Catalog* before) {
  const auto& proposal = batch.find(id)->proposal;
  const auto presence = lifecycle::presence_of(proposal, catalog);
  std::optional<model::Timestamp> previous;
  if (before != nullptr && before != &catalog) previous = before->taken_at;
  (void)batch.happen(id,
                     lifecycle::Looked{presence.in_effect, presence.possible, catalog.taken_at, previous});
  if (!presence.in_effect) return;
  auto& tracked = batch.edit(id);
  tracked.last_seen = batch.now();
  if (tracked.proposal.action != Action::kCreateIndex || !presence.index) return;
  // From now on the real one is meant.
  const auto& index = *presence.index;
  if (tracked.proposal.index == index.name) return;
  tracked.proposal.index = index.name;
  tracked.proposal.rollback = sql::drop_index(index.name.schema, index.name.name, !index.is_partitioned);
}

Result<void> Lifecycle::looked(const model::DatabaseSnapshot& snapshot) {
  const auto& database = snapshot.database.name;
  const auto before = last_catalog(database);
  if (!before) return before.error();
  auto catalog = lifecycle::catalog_of(snapshot);
  LifecycleBatch batch(tracked_, clock_.now());
  for (const auto& id : batch.ids_of(database)) look(batch, id, catalog, *before);
  if (*before != nullptr) add_made_by_others(batch, database, **before, catalog);
  if (const auto done = commit(batch); !done) return done.error();
  if (*before == nullptr || !same_indexes(**before, catalog)) {
    if (const auto done = history_.record_catalog(database, to_rows(catalog)); !done) return done.error();
  }
  catalogs_[database] = std::move(catalog);
  return {};
}

void Lifecycle::unchanged(const std::string& database) {
  const auto catalog = catalogs_.find(database);
  if (catalog != catalogs_.end()) catalog->second.taken_at = clock_.now();
}

void Lifecycle::add_made_by_others(LifecycleBatch& batch, const std::string& database,
                                   const lifecycle::Catalog& before, const lifecycle::Catalog& now) {
  const auto of_same_definition = [&](const lifecycle::Proposal& proposal,
                                      Action action) -> const TrackedProposal* {
    for (const auto& id : batch.ids_of(database)) {
      const auto* other = batch.find(id);
      const auto& its = other->proposal;
      if (its.action == action && its.table == proposal.table && its.definition == proposal.definition)
        return other;
    }
    return nullptr;
  };
  for (auto& proposal : lifecycle::made_by_others(database, before, now)) {
    if (batch.find(proposal.id) != nullptr) continue;
    const bool create = proposal.action == Action::kCreateIndex;
    const auto* counterpart =
        of_same_definition(proposal, create ? Action::kDropIndex : Action::kCreateIndex);
    if (create && counterpart != nullptr && was_carried_out(*counterpart)) continue;  // a drop taken back
    std::vector<std::string> served;
    if (counterpart != nullptr) {
      for (const auto& statement : counterpart->proposal.statements) {
        if (statement.role == lifecycle::Role::kServed) served.push_back(statement.query_id);
      }
    }
    proposal.statements = statements_around(served, proposal.table, statements_[database]);
    TrackedProposal tracked;
    tracked.standing = {.state = State::kApplied, .since = batch.now(), .by = lifecycle::kOurselves};
    tracked.standing.why = made_by_somebody(proposal.action);
    tracked.standing.absent_at = before.taken_at;
    tracked.standing.applied_at = now.taken_at;
    tracked.proposal = std::move(proposal);
    tracked.first_seen = batch.now();
    tracked.last_seen = batch.now();
    batch.add(std::move(tracked));
  }
}

Result<void> Lifecycle::counted(const std::string& database) {
  LifecycleBatch batch(tracked_, clock_.now());
  for (const auto& id : batch.ids_of(database)) {
    (void)batch.happen(id, lifecycle::Tick{});
    if (const auto done = measure(batch, id); !done) return done.error();
  }
  return commit(batch);
}

Result<void> Lifecycle::measure(LifecycleBatch& batch, const std::string& id) {
  const auto* tracked = batch.find(id);
  if (!lifecycle::is_carried_out(tracked->standing.state) || is_final(*tracked)) return {};
  const auto& database = tracked->proposal.database;
  if (tracked->proposal.statements.empty()) {  // made by somebody before any advice told who reads the table
    const auto& table = tracked->proposal.table;
    batch.edit(id).proposal.statements = statements_around({}, table, statements_[database]);
    tracked = batch.find(id);
  }
  const auto& proposal = tracked->proposal;
  const auto window = lifecycle::window_to_read(tracked->standing, batch.now());
  auto statements =
      history_.statement_slices(database, numbers_of(proposal.statements), window.from, window.to);
  if (!statements) return statements.error();
  auto table = history_.table_slices(database, proposal.table, window.from, window.to);
  if (!table) return table.error();
  auto index = history_.index_slices(database, proposal.index, window.from, window.to);
  if (!index) return index.error();
  lifecycle::Observed observed{std::move(*statements), std::move(*table), std::move(*index), std::nullopt};
  if (const auto catalog = catalogs_.find(database); catalog != catalogs_.end()) {
    if (const auto presence = lifecycle::presence_of(proposal, catalog->second); presence.index) {
      observed.size = presence.index->size;
    }
  }
  observed.other_changes = other_changes(batch, *tracked);
  auto effect = lifecycle::measure(proposal, tracked->standing, observed, batch.now());
  const lifecycle::Measured measured{effect.verdict, effect.reasons.empty() ? "" : effect.reasons.front()};
  batch.edit(id).effect = std::move(effect);
  return batch.happen(id, measured);
}

Result<void> Lifecycle::watching(const std::function<bool(const std::string&)>& is_watched) {
  LifecycleBatch batch(tracked_, clock_.now());
  std::set<std::string> gone;
  for (const auto& [id, tracked] : tracked_) {
    if (is_watched(tracked->proposal.database)) continue;
    (void)batch.happen(id, lifecycle::Forgotten{});
    gone.insert(tracked->proposal.database);
  }
  for (const auto& database : gone) {
    catalogs_.erase(database);
    statements_.erase(database);
    forget_old(batch, tracked_, options_, database);
  }
  return commit(batch);
}

Result<std::shared_ptr<const TrackedProposal>> Lifecycle::decide(const std::string& id,
                                                                 const lifecycle::Event& decision) {
  LifecycleBatch batch(tracked_, clock_.now());
  if (batch.find(id) == nullptr) return model::skip("there is no proposal with this id");
  (void)batch.happen(id, lifecycle::Tick{});
  if (const auto done = batch.happen(id, decision); !done) return done.error();
  if (auto done = commit(batch); !done) {
    return model::Error{model::NextStep::kRetry, done.error().message, done.error().hint, {}};
  }
  return tracked_.at(id);
}

Result<const lifecycle::Catalog*> Lifecycle::last_catalog(const std::string& database) {
  if (const auto known = catalogs_.find(database); known != catalogs_.end()) return &known->second;
  const auto rows = history_.catalog(database);
  if (!rows) return rows.error();
  if (!*rows) return nullptr;
  return &catalogs_.emplace(database, from_rows(**rows)).first->second;
}

Result<void> Lifecycle::commit(const LifecycleBatch& batch) {
  if (batch.empty()) return {};
  if (const auto done = history_.record_proposals(batch.rows(), batch.changes()); !done) return done.error();
  const auto forgotten = batch.forgotten();
  const auto done = forgotten.empty() ? Result<void>{} : history_.forget_proposals(forgotten);
  if (!done) return done.error();
  auto next = tracked_;
  batch.apply_to(next);
  tracked_ = std::move(next);
  for (const auto& change : batch.changes()) {
    const auto& database = tracked_.at(change.proposal)->proposal.database;
    log::info("proposal {} for {} is {} by {}{}{}", change.proposal, database, change.to, change.by,
              change.why.empty() ? "" : ": ", change.why);
  }
  publish();
  return {};
}

void Lifecycle::publish() {
  Proposals proposals;
  proposals.as_of = clock_.now();
  for (const auto& [id, tracked] : tracked_) proposals.items.push_back(tracked);
  publication_.publish(std::move(proposals));
}

}  // namespace pgadvisor::daemon
