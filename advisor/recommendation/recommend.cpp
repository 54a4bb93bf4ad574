#include "advisor/recommendation/recommend.hpp"

#include "advisor/candidates/existing.hpp"
#include "advisor/recommendation/explain_choice.hpp"
#include "advisor/recommendation/index_names.hpp"
#include "collectors/model/stable_hash.hpp"
#include "collectors/sql/constants_in.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

namespace pgadvisor::recommendation {
namespace {

using advisor::Recommendation;
using advisor::ServedStatement;
using model::Result;
using sandbox::CandidateId;
using sandbox::Configuration;

/// Plans are long: of the statements that an index serves only the most helped ones show them.
constexpr std::size_t kStatementsWithPlans = 5;

using Names = std::map<std::string, std::string>;  ///< sandbox name -> recommended name

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// Plans from the sandbox call candidates by technical names, and their indexes on partitions by the
/// partition's name, that one and a suffix.
std::string with_names(std::string plan, const Names& names) {
  for (const auto& [technical, name] : names) {
    const auto quoted = boost::json::serialize(boost::json::value(name));
    replace_all(plan, fmt::format("\"{}\"", technical), quoted);
    replace_all(plan, fmt::format("_{}_idx", technical),
                fmt::format("_{}_idx", std::string_view(quoted).substr(1, quoted.size() - 2)));
  }
  return plan;
}

Names choose_names(const Evidence& evidence) {
  Names names;
  IndexNames free(evidence.snapshot);
  for (const auto& step : evidence.selection.steps) {
    const auto& candidate = evidence.candidates.at(step.candidate);
    names[candidate.sandbox_name] = free.take(candidate.definition);
  }
  return names;
}

Result<std::vector<std::size_t>> statements_served(const Evidence& evidence, CandidateId candidate,
                                                   const Configuration& chosen) {
  std::vector<std::pair<double, std::size_t>> served;
  for (std::size_t i = 0; i < evidence.whatif.size(); ++i) {
    const auto after = evidence.whatif.execution(i, chosen);
    if (!after) return after.error();
    if (!after->used.contains(candidate)) continue;
    const auto& statement = evidence.whatif.statement(i);
    served.emplace_back(statement.weight * (statement.base_cost - after->cost).value, i);
  }
  std::stable_sort(served.begin(), served.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::size_t> result;
  for (const auto& [gain, index] : served) result.push_back(index);
  return result;
}

/// Ids of those that the other indexes would make slower than they are today. The planner told already.
Result<std::vector<std::string>> slower_without(const Evidence& evidence, CandidateId candidate,
                                                std::span<const std::size_t> served,
                                                const Configuration& chosen) {
  const auto others = selection::without(chosen, candidate);
  std::vector<std::string> result;
  for (const auto index : served) {
    const auto plan = evidence.problem.plan(index, others);
    if (!plan) return plan.error();
    if (plan->refused) result.push_back(evidence.whatif.statement(index).statement.id);
  }
  return result;
}

/// Literals that a chosen index's predicate shows anyway; all others are secret.
std::map<int, std::string> public_literals(const Evidence& evidence, const workload::Variant& variant,
                                           const Configuration& chosen) {
  std::map<int, std::string> shown;
  for (const auto id : chosen) {
    const auto constants = sql::constants_in(evidence.candidates.at(id).definition.predicate);
    std::ranges::copy_if(variant.literals, std::inserter(shown, shown.end()),
                         [&](const auto& literal) { return sql::contain(constants, literal.second); });
  }
  return shown;
}

/// What to explain: the generic plan, or, where a partial index holds the rows of one value, that of this
/// value, which the generic plan cannot use.
sandbox::StatementId statement_to_show(const Evidence& evidence, const workload::AnalysedStatement& statement,
                                       std::size_t part, const Configuration& chosen) {
  for (const auto& variant : statement.parts[part].variants) {
    const auto literals = public_literals(evidence, variant, chosen);
    if (literals.empty()) continue;
    const auto prepared =
        evidence.sandbox.prepare(workload::with_literals(statement.statement.text, literals));
    if (prepared) return *prepared;
  }
  return statement.parts[part].prepared;
}

struct Plans {
  std::string before;
  std::string after;
};

/// Describes statements under the chosen indexes. EXPLAINs one that several of them serve once.
class Explainer {
 public:
  Explainer(const Evidence& evidence, const Configuration& chosen, const Names& names)
      : evidence_(evidence), chosen_(chosen), names_(names) {}

  Result<std::vector<ServedStatement>> explain(const std::vector<std::size_t>& served) {
    std::vector<ServedStatement> result;
    for (const auto index : served) {
      const auto& statement = evidence_.whatif.statement(index);
      const auto after = evidence_.whatif.execution(index, chosen_);
      if (!after) return after.error();
      Plans plans;
      if (result.size() < kStatementsWithPlans) {
        const auto known = plans_of(index);
        if (!known) return known.error();
        plans = **known;
      }
      result.push_back({statement.statement.id, statement.statement.query, statement.statement.calls,
                        statement.base_cost, after->cost, std::move(plans.before), std::move(plans.after)});
    }
    return result;
  }

 private:
  Result<const Plans*> plans_of(std::size_t index) {
    if (const auto known = plans_.find(index); known != plans_.end()) return &known->second;
    const auto part = evidence_.whatif.most_changed_part(index, chosen_);
    if (!part) return part.error();
    const auto prepared = statement_to_show(evidence_, evidence_.whatif.statement(index), *part, chosen_);
    auto before = evidence_.sandbox.explain(prepared, {});
    if (!before) return before.error();
    auto after = evidence_.sandbox.explain(prepared, chosen_);
    if (!after) return after.error();
    return &plans_.emplace(index, Plans{std::move(*before), with_names(std::move(*after), names_)})
                .first->second;
  }

  const Evidence& evidence_;
  const Configuration& chosen_;
  const Names& names_;
  std::map<std::size_t, Plans> plans_;
};

/// Of an index and of all that is attached below it.
std::int64_t pages_of(const model::Index& index, std::span<const model::Index> all) {
  std::int64_t pages = index.pages;
  for (const auto& part : all) {
    if (part.parent == index.oid) pages += pages_of(part, all);
  }
  return pages;
}

std::vector<advisor::ReplacedIndex> replaced_by(const Evidence& evidence,
                                                const whatif::Candidate& candidate) {
  std::vector<advisor::ReplacedIndex> result;
  const bool concurrently = !candidate.is_partitioned();
  const auto& existing = evidence.snapshot.indexes;
  for (const auto* index : candidates::replaced(candidate.definition, existing)) {
    const auto pages = concurrently ? index->pages : pages_of(*index, existing);
    result.push_back({index->name,
                      {pages * model::kBlockSize},
                      sql::drop_index(index->name.schema, index->name.name, concurrently),
                      sql::create_index(*index->definition, index->name.name, concurrently)});
  }
  return result;
}

Recommendation outline(const Evidence& evidence, const selection::Step& step, const Names& names) {
  const auto& candidate = evidence.candidates.at(step.candidate);
  const bool timed = evidence.whatif.size() > 0 && evidence.whatif.statement(0).statement.time.has_value();
  const bool concurrently = !candidate.is_partitioned();
  Recommendation recommendation;
  recommendation.id = recommendation_id(evidence.snapshot.database.name, candidate.definition);
  recommendation.definition = candidate.definition;
  recommendation.index_name = names.at(candidate.sandbox_name);
  recommendation.ddl = sql::create_index(candidate.definition, recommendation.index_name, concurrently);
  recommendation.rollback =
      sql::drop_index(candidate.definition.table.schema, recommendation.index_name, concurrently);
  recommendation.size = candidate.bytes();
  recommendation.replaces = replaced_by(evidence, candidate);
  recommendation.benefit_share = step.gain / std::max(1e-9, evidence.selection.cost_before);
  recommendation.benefit_cost = {step.gain / evidence.writes.unit()};
  recommendation.write_overhead = evidence.writes.load(candidate).overhead;
  if (timed) recommendation.benefit_time = model::Milliseconds(step.gain);
  return recommendation;
}

}  // namespace

std::string recommendation_id(const std::string& database, const model::IndexDefinition& definition) {
  return fmt::format("{:016x}",
                     model::stable_hash(fmt::format("{}\n{}", database, sql::describe(definition))));
}

Result<std::vector<Recommendation>> recommend(const Evidence& evidence) {
  const auto names = choose_names(evidence);
  const auto chosen = evidence.selection.chosen();
  Explainer explainer(evidence, chosen, names);
  std::vector<Recommendation> recommendations;
  double rest = evidence.selection.cost_before;
  for (const auto& step : evidence.selection.steps) {
    const auto& candidate = evidence.candidates.at(step.candidate);
    const auto served = statements_served(evidence, step.candidate, chosen);
    if (!served) return served.error();
    std::vector<const workload::AnalysedStatement*> statements;
    for (const auto index : *served) statements.push_back(&evidence.whatif.statement(index));

    auto recommendation = outline(evidence, step, names);
    auto explained = explainer.explain(*served);
    if (!explained) return explained.error();
    recommendation.statements = std::move(*explained);
    recommendation.kinds = kinds(candidate, statements);
    recommendation.confidence = confidence(candidate, statements, evidence.snapshot);
    recommendation.reasons =
        reasons(candidate, recommendation, step.gain / std::max(1e-9, rest), statements, evidence.snapshot);
    const auto slower = slower_without(evidence, step.candidate, *served, chosen);
    if (!slower) return slower.error();
    if (!slower->empty()) recommendation.reasons.push_back(slower_sentence(*slower));
    rest -= step.gain;
    recommendations.push_back(std::move(recommendation));
  }
  return recommendations;
}

}  // namespace pgadvisor::recommendation
