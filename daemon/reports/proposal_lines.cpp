#include "daemon/reports/sections.hpp"

#include "collectors/sql/quote.hpp"
#include "daemon/wire_lifecycle.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <tuple>

namespace pgadvisor::daemon::reports {
namespace {

namespace json = boost::json;
using lifecycle::State;

const json::value* at(const json::object& object, std::string_view member, std::string_view inner = {}) {
  const auto* value = object.if_contains(member);
  if (value == nullptr || inner.empty()) return value;
  const auto* child = value->if_object();
  return child == nullptr ? nullptr : child->if_contains(inner);
}

std::optional<double> number(const json::value* value) {
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

std::string string(const json::value* value) {
  const auto* found = value == nullptr ? nullptr : value->if_string();
  return found == nullptr ? std::string() : std::string(*found);
}

/// What its evidence says of the recommendation (wire.hpp), as far as it is known.
void add_evidence(ProposalLine& line, const json::object& item) {
  if (const auto time = number(at(item, "benefit", "time_per_day_ms")))
    line.per_day = model::Milliseconds(*time);
  line.share = number(at(item, "benefit", "share"));
  if (const auto* reasons = at(item, "reasons"); reasons != nullptr && reasons->is_array()) {
    for (const auto& reason : reasons->get_array()) {
      if (line.reasons.size() < kMostReasons) line.reasons.push_back(string(&reason));
    }
  }
  const auto* statements = at(item, "statements");
  if (statements == nullptr || !statements->is_array()) return;
  for (const auto& statement : statements->get_array()) {
    if (line.statements.size() == kMostStatements || !statement.is_object()) break;
    const auto& one = statement.get_object();
    line.statements.push_back(
        {string(at(one, "query")), number(at(one, "cost_before")), number(at(one, "cost_after"))});
  }
}

ProposalLine line_of(const TrackedProposal& tracked) {
  const auto& proposal = tracked.proposal;
  const auto& standing = tracked.standing;
  ProposalLine line;
  line.id = proposal.id;
  line.database = proposal.database;
  line.action = proposal.action;
  line.origin = proposal.origin;
  line.state = standing.state;
  line.table = sql::quote_name(proposal.table);
  line.index = sql::quote_name(proposal.index);
  line.sql = proposed_sql(tracked);
  if (line.sql.empty()) line.sql = proposal.ddl;
  if (line.sql == proposal.ddl) line.rollback = proposal.rollback;
  if (line.sql == proposal.rollback) line.rollback = proposal.ddl;
  line.by = standing.by;
  line.since = standing.since;
  line.why = standing.why;
  line.size = proposal.size;
  line.applied_at = standing.applied_at;
  line.effect = tracked.effect;
  if (tracked.effect && tracked.effect->real_size) line.size = *tracked.effect->real_size;
  add_evidence(line, to_json(tracked));
  return line;
}

bool within(model::Timestamp time, const model::Window& window) {
  return time >= window.from && time < window.to;
}

bool is_verdict(State state) {
  return state == State::kVerified || state == State::kWithoutEffect || state == State::kRegressed;
}

bool was_done(const TrackedProposal& tracked, const model::Window& window) {
  if (!lifecycle::is_carried_out(tracked.standing.state)) return false;
  if (tracked.standing.applied_at && within(*tracked.standing.applied_at, window)) return true;
  return std::ranges::any_of(tracked.changes, [&](const lifecycle::Change& change) {
    return within(change.at, window) && (change.to == State::kApplied || is_verdict(change.to));
  });
}

/// Drops that verdicts propose stand with the verdicts (add_indexes) as long as nobody decided.
bool waits_for_somebody(const TrackedProposal& tracked) {
  const auto state = tracked.standing.state;
  if (state == State::kOpen && tracked.proposal.origin == lifecycle::Origin::kVerdict) return false;
  return state == State::kOpen || (is_verdict(state) && !proposed_sql(tracked).empty());
}

/// Time a day that doing what is proposed would save. Of what regressed: what taking it back would.
double saved(const ProposalLine& line) {
  if (line.state == State::kOpen) return line.per_day.value_or(model::Milliseconds(0)).count();
  return line.effect && line.effect->saved_per_day ? -line.effect->saved_per_day->count() : 0;
}

void sort_by_saved_time(std::vector<ProposalLine>& lines) {
  const auto weight = [](const ProposalLine& line) {
    return std::tuple(-saved(line), -line.share.value_or(0), -line.size.value, std::string_view(line.id));
  };
  std::ranges::sort(lines, [&](const auto& a, const auto& b) { return weight(a) < weight(b); });
}

void sort_newest_first(std::vector<ProposalLine>& lines) {
  std::ranges::sort(lines, [](const auto& a, const auto& b) {
    return std::tuple(b.since, std::string_view(a.id)) < std::tuple(a.since, std::string_view(b.id));
  });
}

}  // namespace

void add_proposals(WeeklyReport& report, const Material& material) {
  const auto& window = material.window;
  for (const auto& tracked : material.proposals.items) {
    const auto state = tracked->standing.state;
    const bool put_aside = state == State::kSnoozed || state == State::kDismissed;
    if (put_aside) report.not_wanted.emplace(tracked->proposal.database, tracked->proposal.ddl);
    const bool is_open = waits_for_somebody(*tracked);
    const bool done = was_done(*tracked, window);
    if (!is_open && !done && !put_aside) continue;
    const auto line = line_of(*tracked);
    if (is_open) report.open.items.push_back(line);
    if (done) report.done.items.push_back(line);
    if (is_open && state == State::kOpen && within(tracked->first_seen, window))
      report.fresh.items.push_back(line);
    if (put_aside && within(tracked->standing.since, window)) report.aside.items.push_back(line);
  }
  sort_by_saved_time(report.fresh.items);
  sort_by_saved_time(report.open.items);
  sort_newest_first(report.done.items);
  sort_newest_first(report.aside.items);
}

}  // namespace pgadvisor::daemon::reports
