#include "advisor/whatif/relevance.hpp"

#include <algorithm>

namespace pgadvisor::whatif {
namespace {

using sandbox::Clause;
using sandbox::Scan;
using sandbox::Term;

/// Some clause, or one in an arm of an OR, for which `holds`.
template <class Predicate>
bool any_clause(const std::vector<Clause>& clauses, const Predicate& holds) {
  return std::ranges::any_of(clauses, [&](const Clause& clause) {
    return holds(clause) ||
           std::ranges::any_of(clause.arms, [&](const auto& arm) { return any_clause(arm, holds); });
  });
}

bool is_wanted(const Term& key, const Scan& scan) {
  const auto is_key = [&](const auto& entry) { return entry.key == key; };
  return any_clause(scan.clauses, is_key) || any_clause(scan.join_clauses, is_key) ||
         any_clause(scan.distances, is_key) || std::ranges::any_of(scan.joins, is_key) ||
         std::ranges::any_of(scan.order, is_key) || std::ranges::any_of(scan.orders, [&](const auto& order) {
           return std::ranges::any_of(order.keys, is_key);
         });
}

bool could_imply(const Scan& scan, const std::string& predicate) {
  const auto is_named = [&](const Clause& clause) {
    const auto& term = clause.key.column.empty() ? clause.key.expression : clause.key.column;
    return !term.empty() && predicate.find(term) != std::string::npos;
  };
  return predicate.empty() || any_clause(scan.clauses, is_named) ||
         std::ranges::any_of(scan.clauses, [&](const auto& clause) { return clause.text == predicate; }) ||
         std::ranges::any_of(scan.joins, [&](const auto& join) {
           return predicate.find(join.key.column) != std::string::npos;  // x = y implies x IS NOT NULL
         });
}

}  // namespace

bool covers(const Candidate& candidate, const Scan& scan) {
  const auto& index = candidate.definition;
  if (!candidate.is_within(scan.relation)) return false;
  if (index.method != "btree" || scan.whole_row || scan.written) return false;
  return std::ranges::all_of(scan.columns, [&](const auto& column) {
    return std::ranges::find(index.include, column) != index.include.end() ||
           std::ranges::find(index.keys, column, &model::IndexKey::column) != index.keys.end() ||
           index.predicate.find(column) != std::string::npos;
  });
}

bool could_serve(const Candidate& candidate, const Scan& scan) {
  const auto& index = candidate.definition;
  if (!candidate.is_within(scan.relation) || !could_imply(scan, index.predicate)) return false;
  const auto& first = index.keys.front();
  return is_wanted({first.column, first.expression}, scan) || covers(candidate, scan) ||
         !index.predicate.empty();
}

}  // namespace pgadvisor::whatif
