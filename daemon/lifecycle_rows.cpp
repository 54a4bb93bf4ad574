#include "daemon/lifecycle_rows.hpp"

#include "daemon/wire_lifecycle.hpp"

#include <boost/json.hpp>

namespace pgadvisor::daemon {

namespace json = boost::json;

namespace {

std::string statements_json(const std::vector<lifecycle::MeasuredStatement>& statements) {
  json::array array;
  for (const auto& statement : statements) {
    array.emplace_back(
        json::array{json::string(statement.query_id), json::string(to_string(statement.role))});
  }
  return json::serialize(array);
}

std::vector<lifecycle::MeasuredStatement> statements_of(const std::string& text) {
  std::vector<lifecycle::MeasuredStatement> statements;
  json::error_code error;
  const auto value = json::parse(text, error);
  if (error || !value.is_array()) return statements;
  for (const auto& entry : value.get_array()) {
    if (!entry.is_array() || entry.get_array().size() != 2) continue;
    const auto* id = entry.at(0).if_string();
    const auto* role = entry.at(1).if_string();
    const auto known = role ? lifecycle::role_of(*role) : std::nullopt;
    if (id && known) statements.push_back({std::string(*id), *known});
  }
  return statements;
}

}  // namespace

history::ProposalRow to_row(const TrackedProposal& tracked) {
  const auto& [proposal, standing, first_seen, last_seen, changes, effect, evidence] = tracked;
  return {.id = proposal.id,
          .database = proposal.database,
          .action = std::string(to_string(proposal.action)),
          .origin = std::string(to_string(proposal.origin)),
          .table = proposal.table,
          .definition = proposal.definition,
          .index = proposal.index,
          .ddl = proposal.ddl,
          .rollback = proposal.rollback,
          .size = proposal.size.value,
          .statements = statements_json(proposal.statements),
          .baseline = proposal.baseline,
          .state = std::string(to_string(standing.state)),
          .since = standing.since,
          .by = standing.by,
          .why = standing.why,
          .snoozed_until = standing.snoozed_until,
          .absent_at = standing.absent_at,
          .applied_at = standing.applied_at,
          .missed = standing.missed,
          .first_seen = first_seen,
          .last_seen = last_seen,
          .effect = effect ? json::serialize(to_json(*effect)) : "",
          .evidence = evidence};
}

std::optional<TrackedProposal> from_row(const history::ProposalRow& row) {
  const auto action = lifecycle::action_of(row.action);
  const auto origin = lifecycle::origin_of(row.origin);
  const auto state = lifecycle::state_of(row.state);
  if (!action || !origin || !state) return std::nullopt;
  TrackedProposal tracked;
  tracked.proposal = {row.id,
                      row.database,
                      *action,
                      *origin,
                      row.table,
                      row.definition,
                      row.index,
                      row.ddl,
                      row.rollback,
                      {row.size},
                      statements_of(row.statements),
                      row.baseline};
  tracked.standing = {*state,
                      row.since,
                      row.by,
                      row.why,
                      row.snoozed_until,
                      row.absent_at,
                      row.applied_at,
                      static_cast<int>(row.missed)};
  tracked.first_seen = row.first_seen;
  tracked.last_seen = row.last_seen;
  tracked.effect = effect_from_json(row.effect);
  tracked.evidence = row.evidence.value_or("");
  return tracked;
}

history::ProposalChangeRow to_row(const std::string& proposal, const lifecycle::Change& change) {
  return {proposal,
          change.at,
          change.from ? std::string(to_string(*change.from)) : "",
          std::string(to_string(change.to)),
          change.by,
          change.why};
}

std::optional<lifecycle::Change> from_row(const history::ProposalChangeRow& row) {
  const auto to = lifecycle::state_of(row.to);
  const auto from = lifecycle::state_of(row.from);
  if (!to || (!from && !row.from.empty())) return std::nullopt;
  return lifecycle::Change{row.at, from, *to, row.by, row.why};
}

history::CatalogRows to_rows(const lifecycle::Catalog& catalog) {
  history::CatalogRows rows{catalog.taken_at, {catalog.tables.begin(), catalog.tables.end()}, {}};
  for (const auto& index : catalog.indexes) {
    rows.indexes.push_back({index.table, index.name, index.definition, index.ddl, index.is_unique,
                            index.backs_constraint, index.is_partitioned, index.size.value});
  }
  return rows;
}

lifecycle::Catalog from_rows(const history::CatalogRows& rows) {
  std::vector<lifecycle::CatalogIndex> indexes;
  for (const auto& index : rows.indexes) {
    indexes.push_back({index.table,
                       index.index,
                       index.definition,
                       index.ddl,
                       index.is_unique,
                       index.backs_constraint,
                       index.is_partitioned,
                       {index.size}});
  }
  return lifecycle::made_catalog(rows.taken_at, std::move(indexes), {rows.tables.begin(), rows.tables.end()});
}

}  // namespace pgadvisor::daemon
