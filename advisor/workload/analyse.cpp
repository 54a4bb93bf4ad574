#include "advisor/workload/analyse.hpp"

#include "advisor/workload/foreign_key_check.hpp"
#include "collectors/sql/statement_text.hpp"

#include <algorithm>
#include <array>

namespace pgadvisor::workload {
namespace {

using model::NextStep;
using model::Result;

/// A statement whose plan costs nothing (SELECT 1) must not divide by zero.
constexpr double kLeastCost = 1e-6;

Result<sandbox::StatementId> prepare(sandbox::Database& sandbox, const std::string& text) {
  auto prepared = sandbox.prepare(text);
  if (prepared || prepared.error().next == NextStep::kReconnect) return prepared;
  const auto plannable = sql::make_plannable(text);
  return plannable == text ? prepared : sandbox.prepare(plannable);
}

Result<Part> make_part(sandbox::Database& sandbox, const std::string& text) {
  Part part;
  const auto prepared = prepare(sandbox, text);
  if (!prepared) return prepared.error();
  part.prepared = *prepared;
  auto scans = sandbox.scans(*prepared);
  if (!scans) return scans.error();
  part.scans = std::move(*scans);
  for (const auto& scan : part.scans.scans) part.tables.insert(scan.relation);
  return part;
}

Result<void> add_foreign_key_checks(AnalysedStatement& analysed, const model::DatabaseSnapshot& snapshot,
                                    sandbox::Database& sandbox) {
  const double times = rows_written(analysed);
  const auto writes = analysed.parts.front().scans.writes;
  for (const auto& write : writes) {
    for (const auto& check : foreign_key_checks(write, snapshot)) {
      auto part = make_part(sandbox, check.text);
      if (!part && part.error().next == NextStep::kReconnect) return part.error();
      if (!part) continue;  // e.g. the referencing table was left out of the sandbox, which is reported there
      part->times = times;
      part->foreign_key = check.constraint;
      analysed.parts.push_back(std::move(*part));
    }
  }
  return {};
}

Result<void> add_base_cost(AnalysedStatement& analysed, sandbox::Database& sandbox) {
  const std::array<sandbox::Configuration, 1> none{};
  for (const auto& part : analysed.parts) {
    const auto costs = sandbox.costs(part.prepared, none);
    if (!costs) return costs.error();
    analysed.base_cost += costs->front().total * part.times;
  }
  analysed.weight = analysed.statement.time
                        ? analysed.statement.time->count() / std::max(kLeastCost, analysed.base_cost.value)
                        : analysed.statement.calls;
  return {};
}

/// Watched statements that neither read nor write a user's table: tools, psql, the sandbox's pg_dump. The
/// planner module reports no system catalogs.
bool is_housekeeping(const AnalysedStatement& analysed) {
  const auto& own = analysed.parts.front();
  return analysed.statement.time && own.tables.empty() && own.scans.writes.empty();
}

Result<AnalysedStatement> analyse_statement(const Statement& statement,
                                            const model::DatabaseSnapshot& snapshot,
                                            sandbox::Database& sandbox) {
  AnalysedStatement analysed;
  analysed.statement = statement;
  auto own = make_part(sandbox, statement.text);
  if (!own) return own.error();
  analysed.parts.push_back(std::move(*own));
  if (auto done = add_foreign_key_checks(analysed, snapshot, sandbox); !done) return done.error();
  if (auto done = add_base_cost(analysed, sandbox); !done) return done.error();
  return analysed;
}

}  // namespace

double rows_written(const AnalysedStatement& analysed) {
  if (analysed.statement.rows_per_call) return *analysed.statement.rows_per_call;
  double rows = 1;
  for (const auto& scan : analysed.parts.front().scans.scans) {
    if (scan.written) rows = std::max(rows, scan.rows);
  }
  return rows;
}

Result<AnalysedWorkload> analyse(const Workload& workload, const model::DatabaseSnapshot& snapshot,
                                 sandbox::Database& sandbox, std::stop_token stop) {
  AnalysedWorkload analysed;
  analysed.skipped = workload.skipped;
  for (const auto& view : workload.views) {
    if (auto created = sandbox.create_view(view); !created) {
      if (created.error().next == NextStep::kReconnect) return created.error();
      analysed.skipped.push_back(advisor::SkippedStatement{"CREATE VIEW", created.error().message});
    }
  }
  for (const auto& statement : workload.statements) {
    if (stop.stop_requested()) return model::give_up("stopped");
    auto one = analyse_statement(statement, snapshot, sandbox);
    if (one) {
      if (!is_housekeeping(*one)) analysed.statements.push_back(std::move(*one));
    } else if (one.error().next == NextStep::kReconnect) {
      return one.error();
    } else {
      analysed.skipped.push_back({statement.id, one.error().message});
    }
  }
  return analysed;
}

}  // namespace pgadvisor::workload
