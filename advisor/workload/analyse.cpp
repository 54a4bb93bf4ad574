#include "advisor/workload/analyse.hpp"

#include "advisor/workload/foreign_key_check.hpp"
#include "collectors/sql/catalog_query.hpp"
#include "collectors/sql/statement_text.hpp"

#include <algorithm>
#include <array>

namespace pgadvisor::workload {
namespace {

using model::NextStep;
using model::Result;

/// Statements prepared with values in one workload: what they take of time and memory is bounded, and those
/// behind them weigh little.
constexpr std::size_t kMostVariants = 500;

/// A statement whose plan costs nothing (SELECT 1) must not divide by zero.
constexpr double kLeastCost = 1e-6;

Result<sandbox::StatementId> prepare(sandbox::Database& sandbox, const std::string& text) {
  auto prepared = sandbox.prepare(text);
  std::string last = text;
  for (const auto operands : {sql::Operands::kAsNeeded, sql::Operands::kNumbers}) {
    if (prepared || prepared.error().next == NextStep::kReconnect) break;
    auto plannable = sql::make_plannable(text, operands);
    if (plannable == last) continue;
    auto again = sandbox.prepare(plannable);
    if (again || again.error().next == NextStep::kReconnect || operands == sql::Operands::kAsNeeded) {
      prepared = std::move(again);
    }
    last = std::move(plannable);
  }
  return prepared;
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

/// Settings that the planner refuses (a literal that its type does not take) leave their share to the others.
Result<void> add_variants(AnalysedStatement& analysed, const model::DatabaseSnapshot& snapshot,
                          sandbox::Database& sandbox, std::size_t& room) {
  auto& own = analysed.parts.front();
  const auto& text = analysed.statement.text;
  analysed.parameters = analysed.statement.parameters;
  std::ranges::move(drawn_values(text, own.scans, snapshot, analysed.parameters),
                    std::back_inserter(analysed.parameters));
  auto settings = settings_of(analysed.parameters);
  if (settings.size() > room) return {};
  double sum = 0;
  for (auto& setting : settings) {
    const auto prepared = setting.literals.empty() ? Result<sandbox::StatementId>(own.prepared)
                                                   : prepare(sandbox, with_literals(text, setting.literals));
    if (!prepared && prepared.error().next == NextStep::kReconnect) return prepared.error();
    if (!prepared) continue;
    own.variants.push_back({*prepared, setting.share, std::move(setting.literals)});
    sum += setting.share;
  }
  for (auto& variant : own.variants) variant.share /= sum;
  room -= own.variants.size();
  return {};
}

/// Planner cost of one execution of a part with the indexes that exist; notes what its plans read.
Result<model::Cost> base_cost(Part& part, sandbox::Database& sandbox) {
  const std::array<sandbox::Configuration, 1> none{};
  const std::vector<Variant> generic{{part.prepared, 1, {}}};
  model::Cost mean;
  for (const auto& variant : part.variants.empty() ? generic : part.variants) {
    const auto costs = sandbox.costs(variant.prepared, none);
    if (!costs) return costs.error();
    mean += costs->front().total * variant.share;
    part.sequential.insert(costs->front().sequential.begin(), costs->front().sequential.end());
    part.indexes.insert(costs->front().existing.begin(), costs->front().existing.end());
  }
  return mean;
}

Result<void> add_base_cost(AnalysedStatement& analysed, sandbox::Database& sandbox) {
  for (auto& part : analysed.parts) {
    const auto cost = base_cost(part, sandbox);
    if (!cost) return cost.error();
    analysed.base_cost += *cost * part.times;
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

/// The same of one that the sandbox refused: what tools ask of catalogs may be for another version's, or take
/// parameters whose types their texts do not say.
bool is_refused_housekeeping(const Statement& statement) {
  return statement.time && sql::reads_catalogs_only(statement.text);
}

Result<AnalysedStatement> analyse_statement(const Statement& statement,
                                            const model::DatabaseSnapshot& snapshot,
                                            sandbox::Database& sandbox, std::size_t& room) {
  AnalysedStatement analysed;
  analysed.statement = statement;
  auto own = make_part(sandbox, statement.text);
  if (!own) return own.error();
  analysed.parts.push_back(std::move(*own));
  if (auto done = add_variants(analysed, snapshot, sandbox, room); !done) return done.error();
  if (auto done = add_foreign_key_checks(analysed, snapshot, sandbox); !done) return done.error();
  if (auto done = add_base_cost(analysed, sandbox); !done) return done.error();
  return analysed;
}

void add(AnalysedWorkload& workload, const Statement& statement, Result<AnalysedStatement> analysed) {
  const auto time = statement.time.value_or(model::Milliseconds{});
  auto* coverage = workload.coverage ? &*workload.coverage : nullptr;
  if (analysed ? is_housekeeping(*analysed) : is_refused_housekeeping(statement)) {
    if (coverage) leave_out(*coverage, "system_catalogs", time);
  } else if (!analysed) {
    workload.skipped.push_back({statement.id, analysed.error().message});
    if (coverage) leave_out(*coverage, "refused", time);
  } else {
    if (coverage) coverage->analysed += time;
    workload.statements.push_back(std::move(*analysed));
  }
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
  analysed.coverage = workload.coverage;
  std::size_t room = kMostVariants;
  for (const auto& view : workload.views) {
    if (auto created = sandbox.create_view(view); !created) {
      if (created.error().next == NextStep::kReconnect) return created.error();
      analysed.skipped.push_back(advisor::SkippedStatement{"CREATE VIEW", created.error().message});
    }
  }
  for (const auto& statement : workload.statements) {
    if (stop.stop_requested()) return model::give_up("stopped");
    auto one = analyse_statement(statement, snapshot, sandbox, room);
    if (!one && one.error().next == NextStep::kReconnect) return one.error();
    add(analysed, statement, std::move(one));
  }
  if (analysed.coverage) {
    std::ranges::stable_sort(analysed.coverage->rest, std::greater{}, &advisor::NotAnalysed::time);
  }
  return analysed;
}

}  // namespace pgadvisor::workload
