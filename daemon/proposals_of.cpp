#include "daemon/proposals_of.hpp"

#include "collectors/sql/quote.hpp"
#include "daemon/wire.hpp"
#include "daemon/wire_lifecycle.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <optional>
#include <set>

namespace pgadvisor::daemon {
namespace {

/// Beyond it the history would fill with plans.
constexpr std::size_t kMostEvidence = 256 << 10;
constexpr std::size_t kStatementsOfLargeEvidence = 20;

std::string evidence_of(advisor::Recommendation recommendation) {
  auto text = boost::json::serialize(to_json(recommendation));
  if (text.size() <= kMostEvidence) return text;
  for (auto& statement : recommendation.statements) {
    statement.plan_before.clear();
    statement.plan_after.clear();
  }
  text = boost::json::serialize(to_json(recommendation));
  if (text.size() <= kMostEvidence) return text;
  auto& statements = recommendation.statements;
  if (statements.size() > kStatementsOfLargeEvidence) statements.resize(kStatementsOfLargeEvidence);
  text = boost::json::serialize(to_json(recommendation));
  return text.size() <= kMostEvidence ? text : std::string();
}

lifecycle::Proposal proposal_of(const advisor::Recommendation& recommendation,
                                const advisor::Advice& advice) {
  lifecycle::Proposal proposal;
  const auto& table = recommendation.definition.table;
  proposal.id = recommendation.id;
  proposal.database = advice.database;
  proposal.action = lifecycle::Action::kCreateIndex;
  proposal.origin = lifecycle::Origin::kAdvice;
  proposal.table = table;
  proposal.definition = sql::describe(recommendation.definition);
  proposal.index = {table.schema, recommendation.index_name};
  proposal.ddl = recommendation.ddl;
  proposal.rollback = recommendation.rollback;
  proposal.size = recommendation.size;
  std::vector<std::string> served;
  for (const auto& statement : recommendation.statements) served.push_back(statement.query_id);
  proposal.statements = statements_around(served, table, advice.table_statements);
  return proposal;
}

/// Empty for what the catalog does not know as an index of this name that may go: it was dropped since, is
/// not valid, belongs to a partition, or backs a constraint.
std::optional<lifecycle::Proposal> drop_of(const advisor::IndexReport& index, const advisor::Advice& advice,
                                           const lifecycle::Catalog& catalog) {
  const auto known = std::ranges::find(catalog.indexes, index.index, &lifecycle::CatalogIndex::name);
  if (known == catalog.indexes.end() || known->backs_constraint) return std::nullopt;
  lifecycle::Proposal proposal;
  proposal.id = lifecycle::drop_id(advice.database, known->definition, known->name);
  proposal.database = advice.database;
  proposal.action = lifecycle::Action::kDropIndex;
  proposal.origin = lifecycle::Origin::kVerdict;
  proposal.table = known->table;
  proposal.definition = known->definition;
  proposal.index = known->name;
  proposal.ddl = index.ddl;
  proposal.rollback = index.rollback;
  proposal.size = index.size;
  proposal.statements = statements_around({}, known->table, advice.table_statements);
  proposal.baseline = std::ranges::count_if(catalog.indexes, [&](const lifecycle::CatalogIndex& other) {
    return other.table == known->table && other.definition == known->definition;
  });
  return proposal;
}

void add_drops(std::vector<ProposalWithEvidence>& proposals, const advisor::DatabaseReport& report,
               const lifecycle::Catalog& catalog) {
  std::size_t drops = 0;
  for (const auto& index : report.health.indexes) {  // most to gain first
    if (drops == kMostDrops) break;
    if (!advisor::can_go(index) || index.ddl.empty()) continue;
    auto proposal = drop_of(index, report.advice, catalog);
    if (!proposal) continue;
    auto evidence = boost::json::serialize(drop_json(*proposal, index));
    proposals.push_back({std::move(*proposal), std::move(evidence)});
    ++drops;
  }
}

}  // namespace

std::vector<lifecycle::MeasuredStatement> statements_around(const std::vector<std::string>& served,
                                                            const model::ObjectName& table,
                                                            const TableStatements& known_statements) {
  std::vector<lifecycle::MeasuredStatement> statements;
  std::set<std::string> known;
  const auto add = [&](const std::vector<std::string>& ids, lifecycle::Role role) {
    for (const auto& id : ids) {
      if (known.insert(id).second) statements.push_back({id, role});
    }
  };
  add(served, lifecycle::Role::kServed);
  const auto touching = known_statements.find(table);
  if (touching == known_statements.end()) return statements;
  add(touching->second.writers, lifecycle::Role::kWriter);  // one that also reads it is there to write
  add(touching->second.readers, lifecycle::Role::kReader);
  return statements;
}

std::vector<ProposalWithEvidence> proposals_of(const advisor::DatabaseReport& report,
                                               const lifecycle::Catalog* catalog) {
  std::vector<ProposalWithEvidence> proposals;
  for (const auto& recommendation : report.advice.recommendations) {
    proposals.push_back({proposal_of(recommendation, report.advice), evidence_of(recommendation)});
  }
  if (catalog != nullptr) add_drops(proposals, report, *catalog);
  return proposals;
}

}  // namespace pgadvisor::daemon
