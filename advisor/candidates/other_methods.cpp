#include "advisor/candidates/other_methods.hpp"

#include <algorithm>
#include <array>

namespace pgadvisor::candidates {
namespace {

using sandbox::Clause;
using sandbox::ClauseKind;
using sandbox::Support;

using Definitions = std::set<model::IndexDefinition>;

void add(Definitions& definitions, const sandbox::Scan& scan, const Clause& clause, const Support& support) {
  definitions.insert({scan.relation,
                      support.method,
                      {{clause.key.column, clause.key.expression, support.operator_class}},
                      {},
                      {}});
}

/// The first method of these that has a class for the clause.
void add_first(Definitions& definitions, const sandbox::Scan& scan, const Clause& clause,
               std::initializer_list<const char*> methods) {
  for (const std::string_view method : methods) {
    bool found = false;
    for (const auto& support : clause.supports) {
      if (support.method != method) continue;
      add(definitions, scan, clause, support);
      found = true;
    }
    if (found) return;
  }
}

bool searched_by_tree(const Clause& clause) {
  return std::ranges::any_of(clause.supports, [](const auto& support) { return support.method == "btree"; });
}

void add_clauses(Definitions& definitions, const sandbox::Scan& scan, const std::vector<Clause>& clauses,
                 bool large) {
  for (const auto& clause : clauses) {
    if (clause.kind == ClauseKind::kOperator) add_first(definitions, scan, clause, {"gin", "gist", "spgist"});
    const bool by_range = clause.kind == ClauseKind::kRange || clause.kind == ClauseKind::kEquality;
    if (large && by_range && searched_by_tree(clause) && !clause.key.column.empty()) {
      definitions.insert({scan.relation, "brin", {{clause.key.column}}, {}, {}});
    }
    for (const auto& arm : clause.arms) add_clauses(definitions, scan, arm, large);
  }
}

}  // namespace

Definitions other_methods(const sandbox::Scan& scan, const model::Table& table) {
  Definitions definitions;
  const bool large = table.pages >= kBrinPages;
  add_clauses(definitions, scan, scan.clauses, large);
  add_clauses(definitions, scan, scan.join_clauses, false);
  for (const auto& distance : scan.distances) add_first(definitions, scan, distance, {"gist", "spgist"});
  return definitions;
}

}  // namespace pgadvisor::candidates
