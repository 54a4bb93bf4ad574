#include "advisor/selection/write_load.hpp"

#include <algorithm>
#include <cmath>

namespace pgadvisor::selection {
namespace {

/// Columns whose change the index has to follow. Expressions and predicates are SQL text: a column named in
/// it counts.
bool follows(const model::IndexDefinition& definition, const std::string& column) {
  const auto named = [&](const std::string& sql) { return sql.find(column) != std::string::npos; };
  return std::any_of(definition.keys.begin(), definition.keys.end(),
                     [&](const auto& key) { return key.column == column || named(key.expression); }) ||
         std::find(definition.include.begin(), definition.include.end(), column) !=
             definition.include.end() ||
         named(definition.predicate);
}

}  // namespace

WriteModel::WriteModel(const workload::Workload& workload, const workload::AnalysedWorkload& analysed,
                       const model::DatabaseSnapshot& snapshot)
    : trees_(snapshot.tables),
      cpu_operator_cost_(number_of(snapshot.settings, "cpu_operator_cost", 0.0025)),
      seq_page_cost_(number_of(snapshot.settings, "seq_page_cost", 1)) {
  double time = 0;
  double cost = 0;
  for (const auto& statement : analysed.statements) {
    add_statement(statement, !workload.writes.empty());
    if (!statement.statement.time) continue;
    time += statement.statement.time->count();
    cost += statement.statement.calls * statement.base_cost.value;
  }
  if (time > 0 && cost > 0) unit_ = time / cost;
  for (const auto& [table, counters] : workload.writes) {
    auto& writes = tables_[table];
    writes.always = static_cast<double>(counters.inserted + counters.updated - counters.hot_updated);
    writes.updates = static_cast<double>(counters.hot_updated);
  }
}

void WriteModel::add_statement(const workload::AnalysedStatement& statement, bool counted) {
  for (const auto& write : statement.parts.front().scans.writes) {
    auto& table = tables_[write.relation];
    table.updated_columns.insert(write.columns.begin(), write.columns.end());
    if (counted) continue;
    const double rows = statement.statement.calls * workload::rows_written(statement);
    if (write.command == 'i') table.always += rows;
    if (write.command == 'u' || write.command == 'm') table.updates += rows;
  }
}

WriteModel::TableWrites WriteModel::writes_to(const whatif::Candidate& candidate) const {
  TableWrites sum;
  const auto add = [&](const model::Table& table, bool rows) {
    const auto found = tables_.find(table.name);
    if (found == tables_.end()) return;
    const auto& writes = found->second;
    sum.always += rows ? writes.always : 0;
    sum.updates += rows ? writes.updates : 0;
    sum.updated_columns.insert(writes.updated_columns.begin(), writes.updated_columns.end());
  };
  add(*candidate.table, true);
  for (const auto* part : trees_.below(*candidate.table)) add(*part, true);
  for (const auto* tree : trees_.above(*candidate.table)) add(*tree, false);
  return sum;
}

WriteLoad WriteModel::load(const whatif::Candidate& candidate) const {
  const auto writes = writes_to(candidate);
  const bool updated = std::any_of(writes.updated_columns.begin(), writes.updated_columns.end(),
                                   [&](const auto& column) { return follows(candidate.definition, column); });
  WriteLoad load;
  load.row_versions = (writes.always + (updated ? writes.updates : 0)) * candidate.selectivity;
  const double descent =
      50.0 * (candidate.size.tree_height + 1) + std::log2(std::max(2.0, candidate.size.tuples));
  load.cost = load.row_versions * (descent * cpu_operator_cost_ + seq_page_cost_) * unit_;
  return load;
}

}  // namespace pgadvisor::selection
