#include "advisor/recommendation/findings.hpp"

#include "collectors/model/table_trees.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <set>

namespace pgadvisor::recommendation {
namespace {

using advisor::Finding;
using sandbox::ClauseKind;

bool selects_star(const std::string& query) {
  static const std::regex kStar(R"(^\s*select\s+(distinct\s+)?([a-z_0-9"]+\.)?\*)", std::regex::icase);
  return std::regex_search(query.substr(0, 500), kStar);
}

void add_functions_on_columns(std::vector<Finding>& result, const workload::AnalysedStatement& statement) {
  std::set<std::string> seen;
  for (const auto& scan : statement.parts.front().scans.scans) {
    for (const auto& clause : scan.clauses) {
      if (clause.key.expression.empty() || !seen.insert(clause.key.expression).second) continue;
      result.push_back(
          {"function_on_column", statement.statement.id, sql::quote_name(scan.relation),
           fmt::format("The condition on {} cannot use an index on its column: compare the bare column, or "
                       "index the expression.",
                       clause.key.expression)});
    }
  }
}

/// Why no index on the table is proposed whatever statements ask of it; null: one can be.
const char* never_advised(const model::Table& table, const model::TableTrees& trees) {
  if (table.has_children && table.kind != 'p') {
    return "Statements read this table, from which others inherit: an index on it would leave those out, and "
           "none is proposed.";
  }
  if (table.kind == 'p' && trees.has_foreign_leaf(table)) {
    return "Statements read this partitioned table, of which a partition is a foreign table: PostgreSQL "
           "cannot index that, and no index is proposed.";
  }
  return nullptr;
}

void add_not_advised(std::vector<Finding>& result, const model::DatabaseSnapshot& snapshot,
                     const workload::AnalysedWorkload& analysed) {
  const model::TableTrees trees(snapshot.tables);
  std::set<model::ObjectName> told;
  for (const auto& statement : analysed.statements) {
    for (const auto& name : statement.parts.front().tables) {
      const auto* table = trees.find(name);
      const char* why = table == nullptr ? nullptr : never_advised(*table, trees);
      if (why == nullptr || !told.insert(name).second) continue;
      result.push_back({"not_advised", "", sql::quote_name(name), why});
    }
  }
}

}  // namespace

std::vector<Finding> findings(const model::DatabaseSnapshot& snapshot,
                              const workload::AnalysedWorkload& analysed,
                              const std::vector<std::string>& left_out) {
  std::vector<Finding> result;
  for (const auto& text : snapshot.limitations) result.push_back({"limitation", "", "", text});
  for (const auto& text : left_out) result.push_back({"left_out", "", "", text});
  for (const auto& statement : analysed.statements) {
    if (selects_star(statement.statement.query)) {
      result.push_back(
          {"select_star", statement.statement.id, "",
           "SELECT * reads every column and rules out index-only scans: name the columns needed."});
    }
    add_functions_on_columns(result, statement);
  }
  add_not_advised(result, snapshot, analysed);
  return result;
}

advisor::Finding depends_on_values(const workload::AnalysedStatement& statement) {
  const auto& parameters = statement.parameters;
  std::vector<std::string> names;
  bool sampled = true;
  for (const auto& parameter : parameters) {
    names.push_back(fmt::format("${}", parameter.position));
    sampled = sampled && parameter.sampled;
  }
  return {
      "depends_on_value", statement.statement.id, "",
      fmt::format("Which of the proposed indexes it uses depends on the value of {} ({}). A prepared "
                  "statement that has changed to a generic plan uses the same ones for every value, and no "
                  "partial index on that value.",
                  fmt::join(names, ", "),
                  sampled ? "as sampled from its executions" : "in part drawn from column statistics")};
}

}  // namespace pgadvisor::recommendation
