#include "advisor/recommendation/findings.hpp"

namespace pgadvisor::recommendation {
namespace {

void add(std::vector<std::string>& ids, const std::string& id) {
  const bool known = !ids.empty() && ids.back() == id;
  if (!known && ids.size() < advisor::kMostTableStatements) ids.push_back(id);
}

}  // namespace

std::map<model::ObjectName, advisor::TableStatements> table_statements(
    const workload::AnalysedWorkload& analysed) {
  std::map<model::ObjectName, advisor::TableStatements> tables;
  for (const auto& statement : analysed.statements) {
    for (const auto& part : statement.parts) {
      for (const auto& table : part.tables) add(tables[table].readers, statement.statement.id);
    }
    for (const auto& write : statement.parts.front().scans.writes) {
      add(tables[write.relation].writers, statement.statement.id);
    }
  }
  return tables;
}

}  // namespace pgadvisor::recommendation
