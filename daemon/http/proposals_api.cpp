#include "daemon/http/proposals_api.hpp"

#include "daemon/http/problem.hpp"
#include "daemon/utf8.hpp"
#include "daemon/wire.hpp"
#include "daemon/wire_lifecycle.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <set>
#include <tuple>

namespace pgadvisor::daemon::http {
namespace {

namespace json = boost::json;
using lifecycle::State;

struct ProposalQuery {
  ListQuery list;
  std::set<State> states{State::kOpen};  ///< empty: all
  std::optional<lifecycle::Action> action;
};

model::Result<std::set<State>> parse_states(const std::string& text) {
  std::set<State> states;
  if (text == "all") return states;
  for (std::size_t start = 0; start <= text.size();) {
    const auto end = std::min(text.find(',', start), text.size());
    const auto state = lifecycle::state_of(text.substr(start, end - start));
    if (!state) {
      return model::give_up(
          "state has to be all, or some of open, snoozed, dismissed, applied, verified, without_effect, "
          "regressed "
          "and obsolete, separated by commas");
    }
    states.insert(*state);
    start = end + 1;
  }
  return states;
}

/// Takes the parameters of this list out; the others are those of every list.
model::Result<ProposalQuery> parse_proposal_query(const Parameters& parameters) {
  ProposalQuery query;
  Parameters others;
  std::set<std::string> seen;
  for (const auto& [name, value] : parameters) {
    if (name != "state" && name != "action") {
      others.emplace_back(name, value);
      continue;
    }
    if (!seen.insert(name).second) return model::give_up("query parameter '" + name + "' given twice");
    if (name == "state") {
      auto states = parse_states(value);
      if (!states) return states.error();
      query.states = std::move(*states);
    } else {
      query.action = lifecycle::action_of(value);
      if (!query.action) return model::give_up("action has to be create_index or drop_index");
    }
  }
  const auto list = parse_list_query(others);
  if (!list) return list.error();
  query.list = *list;
  return query;
}

bool is_wanted(const ProposalQuery& query, const TrackedProposal& tracked) {
  return (!query.list.database || *query.list.database == tracked.proposal.database) &&
         (query.states.empty() || query.states.contains(tracked.standing.state)) &&
         (!query.action || *query.action == tracked.proposal.action);
}

double number_or_zero(const json::object& item, std::string_view member) {
  const auto* benefit = item.if_contains("benefit");
  const auto* value = benefit && benefit->is_object() ? benefit->get_object().if_contains(member) : nullptr;
  return value && value->is_number() ? value->to_number<double>() : 0;
}

/// By the time, then the share that they save; the latest change first among those that save nothing.
auto weight(const json::object& item, const TrackedProposal& tracked) {
  return std::tuple(-number_or_zero(item, "time_ms"), -number_or_zero(item, "share"),
                    -tracked.standing.since.time_since_epoch().count(), tracked.proposal.id);
}

}  // namespace

Response answer_proposals(const Target& target, const Proposals& proposals, model::Timestamp report_as_of) {
  const auto query = parse_proposal_query(target.parameters);
  if (!query) return problem(400, query.error().message, target.encoded_path);
  using Weight = decltype(weight(json::object{}, *proposals.items.front()));
  std::vector<std::pair<Weight, json::object>> found;
  for (const auto& tracked : proposals.items) {
    if (!is_wanted(*query, *tracked)) continue;
    auto item = to_json(*tracked);
    auto heavy = weight(item, *tracked);
    found.emplace_back(std::move(heavy), std::move(item));
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  if (found.size() > query->list.limit) found.resize(query->list.limit);
  json::array items;
  for (auto& [heavy, item] : found) items.emplace_back(std::move(item));
  const json::object answer{{"items", std::move(items)},
                            {"as_of", to_json_time(std::max(proposals.as_of, report_as_of))}};
  return {200, "application/json", json::serialize(answer), {}};
}

std::optional<Response> answer_proposal(std::string_view id, const Proposals& proposals) {
  for (const auto& tracked : proposals.items) {
    if (valid_utf8(tracked->proposal.id) != id) continue;  // as lists show it
    return Response{200, "application/json", json::serialize(to_json(*tracked)), {}};
  }
  return std::nullopt;
}

}  // namespace pgadvisor::daemon::http
