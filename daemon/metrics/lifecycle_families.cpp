#include "daemon/metrics/lifecycle_families.hpp"

#include "collectors/sql/quote.hpp"

#include <functional>
#include <map>
#include <optional>
#include <tuple>

namespace pgadvisor::daemon::metrics {
namespace {

using lifecycle::Action;
using lifecycle::State;

/// Those an alert waits for are there with 0 as well: a series that only appears has no past to compare with.
void add_counts(Families& families, const Proposals& proposals, const Status& status) {
  std::map<std::tuple<std::string, Action, State>, double> counts;
  for (const auto& database : status.databases) {
    for (const auto action : {Action::kCreateIndex, Action::kDropIndex}) {
      for (const auto state : {State::kOpen, State::kRegressed}) counts[{database, action, state}] = 0;
    }
  }
  for (const auto& tracked : proposals.items) {
    ++counts[{tracked->proposal.database, tracked->proposal.action, tracked->standing.state}];
  }
  std::vector<Series> series;
  for (const auto& [key, count] : counts) {
    const auto& [database, action, state] = key;
    series.push_back({{{"database", database},
                       {"action", std::string(to_string(action))},
                       {"state", std::string(to_string(state))}},
                      count});
  }
  families.gauge("pgadvisor_proposals", "Proposed changes of indexes by where they stand", std::move(series));
}

void add_info(Families& families, const Proposals& proposals) {
  std::vector<Series> series;
  for (const auto& tracked : proposals.items) {
    const auto& proposal = tracked->proposal;
    if (tracked->standing.state == State::kObsolete) continue;
    series.push_back({{{"id", proposal.id},
                       {"database", proposal.database},
                       {"action", std::string(to_string(proposal.action))},
                       {"table", sql::quote_name(proposal.table)},
                       {"index", proposal.index.name},
                       {"state", std::string(to_string(tracked->standing.state))}},
                      1});
  }
  families.gauge("pgadvisor_proposal_info", "Identity and state of a proposed change of an index",
                 std::move(series));
}

std::vector<Series> per_effect(const Proposals& proposals,
                               const std::function<std::optional<double>(const lifecycle::Effect&)>& value) {
  std::vector<Series> series;
  for (const auto& tracked : proposals.items) {
    if (!tracked->effect || tracked->standing.state == State::kObsolete) continue;
    if (const auto known = value(*tracked->effect))
      series.push_back({{{"id", tracked->proposal.id}}, *known});
  }
  return series;
}

std::optional<double> time_ratio(const lifecycle::Effect& effect) {
  for (const auto& role : effect.roles) {
    if (role.role != lifecycle::Role::kWriter && role.time) return role.time->ratio;
  }
  return std::nullopt;
}

}  // namespace

void add_proposals(Families& families, const Proposals& proposals, const Status& status) {
  add_counts(families, proposals, status);
  add_info(families, proposals);
  families.gauge("pgadvisor_proposal_time_ratio",
                 "Time per call of the statements a change was made for, after it over before it",
                 per_effect(proposals, time_ratio));
  families.gauge("pgadvisor_proposal_saved_seconds_per_day",
                 "Measured time a day that a change saves in the statements it touches; below 0 it costs",
                 per_effect(proposals, [](const lifecycle::Effect& effect) -> std::optional<double> {
                   if (!effect.saved_per_day) return std::nullopt;
                   return model::Seconds(*effect.saved_per_day).count();
                 }));
  families.gauge("pgadvisor_proposal_size_bytes", "Real size of an index that was created",
                 per_effect(proposals, [](const lifecycle::Effect& effect) -> std::optional<double> {
                   if (!effect.real_size) return std::nullopt;
                   return static_cast<double>(effect.real_size->value);
                 }));
  families.gauge("pgadvisor_proposal_index_scans",
                 "Scans of the index while its effect is measured; of one that was dropped: before",
                 per_effect(proposals, [](const lifecycle::Effect& effect) -> std::optional<double> {
                   return static_cast<double>(effect.index_scans);
                 }));
}

}  // namespace pgadvisor::daemon::metrics
