#include "advisor/recommendation/findings.hpp"

namespace pgadvisor::recommendation {

model::Result<advisor::Advice> summarise(const model::DatabaseSnapshot& snapshot,
                                         const workload::Workload& workload,
                                         const workload::AnalysedWorkload& analysed,
                                         const selection::Selection& selection, whatif::WhatIf& whatif,
                                         const sandbox::Database& sandbox) {
  advisor::Advice advice;
  advice.database = snapshot.database.name;
  advice.server_version = snapshot.server.version;
  advice.sandbox_version = sandbox.server_version();
  advice.planner_calls = sandbox.planner_calls();
  advice.planner_seconds = sandbox.planner_time().count();
  advice.window = workload.window;
  advice.statements = analysed.statements.size() + analysed.skipped.size();
  advice.analysed = analysed.statements.size();
  advice.skipped = analysed.skipped;
  advice.coverage = analysed.coverage;
  if (advice.coverage) {
    advice.saved_per_day =
        advisor::per_day(model::Milliseconds(selection.cost_before - selection.cost_after), workload.window);
  }
  advice.cost_before = selection.cost_before;
  advice.cost_after = selection.cost_after;
  advice.cost_bound = selection.bound;
  const auto chosen = selection.chosen();
  for (std::size_t i = 0; i < whatif.size(); ++i) {
    const auto& statement = whatif.statement(i);
    const auto after = whatif.execution(i, chosen);
    if (!after) return after.error();
    advice.top_statements.push_back({statement.statement.id, statement.statement.query,
                                     static_cast<std::int64_t>(statement.statement.calls),
                                     statement.statement.time.value_or(model::Milliseconds{}),
                                     statement.base_cost, after->cost, after->expected});
  }
  advice.findings = findings(snapshot, analysed, sandbox.left_out());
  for (std::size_t i = 0; i < whatif.size(); ++i) {
    const auto depends = whatif.depends_on_values(i, chosen);
    if (!depends) return depends.error();
    if (*depends) advice.findings.push_back(depends_on_values(whatif.statement(i)));
  }
  return advice;
}

}  // namespace pgadvisor::recommendation
