#include "advisor/candidates/predicates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace pgadvisor::candidates {
namespace {

using sandbox::Clause;
using sandbox::ClauseKind;

/// A value that fewer executions ask for gets no index of its own.
constexpr double kOftenAsked = 0.2;
/// Of the rows: above, a predicate with a literal saves too little.
constexpr double kMostRows = 0.5;
/// Conditions with literals that are looked at, the most selective ones.
constexpr std::size_t kMostLiterals = 3;

bool fixes_column(const Clause& clause) {
  return clause.kind == ClauseKind::kEquality || clause.kind == ClauseKind::kNullTest ||
         clause.kind == ClauseKind::kBoolean;
}

Predicate predicate_of(const Clause& clause, std::string text) {
  Predicate predicate{std::move(text), {clause.text}, {}};
  if (fixes_column(clause) && !clause.key.column.empty()) predicate.one_valued.insert(clause.key.column);
  return predicate;
}

/// In alphabetical order, so that the same conditions are one definition.
Predicate both(const Predicate& a, const Predicate& b) {
  if (a.text.empty()) return b;
  if (b.text.empty()) return a;
  Predicate result = a;
  result.clauses.insert(b.clauses.begin(), b.clauses.end());
  result.one_valued.insert(b.one_valued.begin(), b.one_valued.end());
  const auto& [first, second] = std::minmax(a.text, b.text);
  result.text = fmt::format("({}) AND ({})", first, second);
  return result;
}

Predicate all_of(const std::vector<Predicate>& list) {
  Predicate result;
  for (const auto& predicate : list) result = both(result, predicate);
  return result;
}

void add(std::vector<Predicate>& list, Predicate predicate) {
  if (std::ranges::find(list, predicate.text, &Predicate::text) == list.end())
    list.push_back(std::move(predicate));
}

/// Its share of the rows is known.
bool is_estimated(const Clause& clause) {
  constexpr std::array kKinds{ClauseKind::kNullTest, ClauseKind::kBoolean, ClauseKind::kEquality,
                              ClauseKind::kInList, ClauseKind::kRange};
  return !clause.key.column.empty() && std::ranges::find(kKinds, clause.kind) != kKinds.end();
}

bool is_constant(const Clause& clause, const Constants& constants) {
  if (clause.selectivity > kMostRows) return false;
  if (!constants.example) return true;
  return (clause.kind == ClauseKind::kEquality || clause.kind == ClauseKind::kInList) &&
         constants.few_valued.contains(clause.key.column);
}

void add_asked_values(std::vector<Predicate>& list, const Clause& clause, const Constants& constants) {
  const auto position = workload::parameter_of(clause);
  if (!position || !constants.few_valued.contains(clause.key.column)) return;
  const auto known = std::ranges::find(constants.parameters, *position, &workload::ParameterValues::position);
  if (known == constants.parameters.end() || !known->sampled) return;
  for (const auto& value : known->values) {
    if (value.share < kOftenAsked) continue;
    add(list, predicate_of(clause, workload::with_literals(clause.text, {{*position, value.literal}})));
  }
}

}  // namespace

std::vector<Predicate> predicates(const sandbox::Scan& scan, const Constants& constants) {
  std::vector<const Clause*> clauses;
  for (const auto& clause : scan.clauses) clauses.push_back(&clause);
  std::ranges::sort(clauses, [](const Clause* a, const Clause* b) {
    return std::pair(a->selectivity, a->text) < std::pair(b->selectivity, b->text);
  });
  std::vector<Predicate> facts;
  std::vector<Predicate> literals;
  for (const auto* clause : clauses) {
    if (!is_estimated(*clause)) continue;
    if (clause->immutable && !clause->has_literal) add(facts, predicate_of(*clause, clause->text));
    if (clause->immutable && clause->has_literal && is_constant(*clause, constants)) {
      add(literals, predicate_of(*clause, clause->text));
    }
    add_asked_values(literals, *clause, constants);
  }
  if (literals.size() > kMostLiterals) literals.resize(kMostLiterals);

  const auto all_facts = all_of(facts);
  std::vector<Predicate> result{{}};
  for (auto& fact : facts) add(result, std::move(fact));
  add(result, all_facts);
  for (const auto& literal : literals) {
    add(result, literal);
    add(result, both(all_facts, literal));
  }
  if (constants.example) add(result, both(all_facts, all_of(literals)));
  return result;
}

}  // namespace pgadvisor::candidates
