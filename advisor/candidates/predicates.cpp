#include "advisor/candidates/predicates.hpp"

#include <fmt/format.h>

#include <map>

namespace pgadvisor::candidates {
namespace {

using sandbox::Clause;
using sandbox::ClauseKind;

bool is_test(const Clause& clause) {
  return clause.immutable && (clause.kind == ClauseKind::kNullTest || clause.kind == ClauseKind::kBoolean);
}

}  // namespace

std::vector<Predicate> predicates(const sandbox::Scan& scan) {
  std::vector<Predicate> result{{}};
  std::map<std::string, const Clause*> facts;
  for (const auto& clause : scan.clauses) {
    if (is_test(clause)) facts.emplace(clause.text, &clause);
  }
  Predicate all;
  for (const auto& [text, clause] : facts) {
    std::set<std::string> columns;
    if (!clause->key.column.empty()) columns.insert(clause->key.column);
    all.text += facts.size() == 1 ? text : fmt::format("{}({})", all.text.empty() ? "" : " AND ", text);
    all.columns.insert(columns.begin(), columns.end());
    if (facts.size() > 1) result.push_back({text, std::move(columns)});
  }
  if (!facts.empty()) result.push_back(std::move(all));
  return result;
}

}  // namespace pgadvisor::candidates
