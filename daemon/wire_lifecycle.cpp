#include "daemon/wire_lifecycle.hpp"

#include "collectors/sql/quote.hpp"
#include "daemon/utf8.hpp"
#include "daemon/wire.hpp"
#include "daemon/wire_values.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <utility>

namespace pgadvisor::daemon {

namespace json = boost::json;

namespace {

/// As deep as json_plan() allows, below a few levels of our own.
constexpr std::size_t kEvidenceDepth = 1020;

json::object window_json(const model::Window& window) {
  return {{"from", to_json_time(window.from)}, {"to", to_json_time(window.to)}};
}

json::value shift_json(const std::optional<lifecycle::Shift>& shift) {
  if (!shift) return nullptr;
  return json::object{{"ratio", json_number(shift->ratio)}, {"low", json_number(shift->low)},
                      {"high", json_number(shift->high)},   {"p_value", json_number(shift->p_value)},
                      {"slices_before", shift->before},     {"slices_after", shift->after}};
}

json::object per_call_json(const lifecycle::PerCall& mean) {
  return {{"time_ms", json_number(mean.time)},
          {"rows", json_number(mean.rows)},
          {"blocks", json_number(mean.blocks)}};
}

json::object statement_json(const lifecycle::StatementEffect& statement) {
  return {{"query_id", json_text(statement.query_id)}, {"role", json_text(to_string(statement.role))},
          {"calls_before", statement.calls_before},    {"calls_after", statement.calls_after},
          {"before", per_call_json(statement.before)}, {"after", per_call_json(statement.after)},
          {"time", shift_json(statement.time)}};
}

json::object role_json(const lifecycle::RoleEffect& role) {
  return {{"role", json_text(to_string(role.role))},
          {"calls_before", role.calls_before},
          {"calls_after", role.calls_after},
          {"expected_ms", json_number(role.expected.count())},
          {"actual_ms", json_number(role.actual.count())},
          {"time", shift_json(role.time)},
          {"blocks", shift_json(role.blocks)}};
}

json::array changes_json(const std::vector<lifecycle::Change>& changes) {
  json::array array;
  for (const auto& change : changes) {
    array.emplace_back(
        json::object{{"at", to_json_time(change.at)},
                     {"from", change.from ? json_text(to_string(*change.from)) : json::value(nullptr)},
                     {"to", json_text(to_string(change.to))},
                     {"by", json_text(change.by)},
                     {"why", json_text_or_null(change.why)}});
  }
  return array;
}

json::object lifecycle_json(const TrackedProposal& tracked) {
  const auto& standing = tracked.standing;
  return {{"state", json_text(to_string(standing.state))},
          {"since", to_json_time(standing.since)},
          {"by", json_text(standing.by)},
          {"why", json_text_or_null(standing.why)},
          {"origin", json_text(to_string(tracked.proposal.origin))},
          {"first_seen", to_json_time(tracked.first_seen)},
          {"last_seen", to_json_time(tracked.last_seen)},
          {"snoozed_until", to_json_time(standing.snoozed_until)},
          {"applied_at", to_json_time(standing.applied_at)},
          {"proposes", json_text_or_null(proposed_sql(tracked))},
          {"effect", tracked.effect ? json::value(to_json(*tracked.effect)) : json::value(nullptr)},
          {"changes", changes_json(tracked.changes)}};
}

/// What a recommendation consists of, as far as it is known of a change that nobody recommended.
json::object outline(const lifecycle::Proposal& proposal) {
  return {{"id", json_text(proposal.id)},
          {"ddl", json_text_or_null(proposal.ddl)},
          {"rollback", json_text(proposal.rollback)},
          {"table", json_text(sql::quote_name(proposal.table))},
          {"index_name", json_text(proposal.index.name)},
          {"definition", nullptr},
          {"kind", json::array{}},
          {"size_bytes", proposal.size.value},
          {"benefit",
           json::object{
               {"share", nullptr}, {"cost", nullptr}, {"time_ms", nullptr}, {"time_per_day_ms", nullptr}}},
          {"write_overhead", json_write_overhead(std::nullopt)},
          {"statements", json::array{}},
          {"replaces", json::array{}},
          {"confidence", nullptr},
          {"reasons", json::array{}}};
}

json::object evidence_of(const TrackedProposal& tracked) {
  json::parse_options options;
  options.max_depth = kEvidenceDepth;
  json::error_code error;
  auto evidence = json::parse(tracked.evidence, error, {}, options);
  if (error || !evidence.is_object()) return outline(tracked.proposal);
  // The index may have been made under another name.
  auto& object = evidence.get_object();
  object["index_name"] = json_text(tracked.proposal.index.name);
  object["rollback"] = json_text(tracked.proposal.rollback);
  // Evidence of an older version has less.
  object.emplace("replaces", json::array{});
  auto overhead = json_write_overhead(std::nullopt);
  if (const auto* known = object.if_contains("write_overhead"); known != nullptr && known->is_object()) {
    for (const auto& [name, value] : known->get_object()) overhead[name] = value;
  }
  object["write_overhead"] = std::move(overhead);
  return std::move(object);
}

}  // namespace

json::object drop_json(const lifecycle::Proposal& proposal, const advisor::IndexReport& index) {
  auto item = outline(proposal);
  item["kind"] = json_texts({index.verdict});
  item["write_overhead"] = json_write_overhead(index.write_overhead);
  auto reasons = index.reasons;
  if (index.rehearsal) {
    reasons.push_back(fmt::format("Rehearsed without it: {} of {} statements that read the table get dearer.",
                                  index.rehearsal->statements.size(), index.rehearsal->planned));
  }
  item["reasons"] = json_texts(reasons);
  return item;
}

json::object to_json(const lifecycle::Effect& effect) {
  json::array roles;
  for (const auto& role : effect.roles) roles.emplace_back(role_json(role));
  json::array statements;
  for (const auto& statement : effect.statements) statements.emplace_back(statement_json(statement));
  const auto share = [](const std::optional<double>& value) {
    return value ? json_number(*value) : json::value(nullptr);
  };
  return {{"verdict", json_text(to_string(effect.verdict))},
          {"reasons", json_texts(effect.reasons)},
          {"before", window_json(effect.before)},
          {"after", window_json(effect.after)},
          {"saved_ms_per_day", json_duration(effect.saved_per_day)},
          {"index_scans", effect.index_scans},
          {"table_scans", effect.table_scans},
          {"size_bytes", effect.real_size ? json::value(effect.real_size->value) : json::value(nullptr)},
          {"predicted_size_bytes",
           effect.predicted_size.value > 0 ? json::value(effect.predicted_size.value) : json::value(nullptr)},
          {"hot_share_before", share(effect.hot_before)},
          {"hot_share_after", share(effect.hot_after)},
          {"others_meanwhile", effect.others_meanwhile},
          {"roles", std::move(roles)},
          {"statements", std::move(statements)}};
}

json::object to_json(const TrackedProposal& tracked) {
  json::object item = evidence_of(tracked);
  item.emplace("database", json_text(tracked.proposal.database));
  item.emplace("action", json_text(to_string(tracked.proposal.action)));
  item.emplace("definition_sql", json_text(tracked.proposal.definition));
  item.emplace("lifecycle", lifecycle_json(tracked));
  return item;
}

}  // namespace pgadvisor::daemon
