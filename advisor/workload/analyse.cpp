#include "advisor/workload/analyse.hpp"

#include "advisor/workload/foreign_key_check.hpp"
#include "advisor/workload/sessions.hpp"
#include "collectors/sql/catalog_query.hpp"
#include "collectors/sql/statement_text.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <utility>

namespace pgadvisor::workload {
namespace {

using model::NextStep;
using model::Result;

/// Statements prepared with values in one workload: what they take of time and memory is bounded, and those
/// behind them weigh little.
constexpr std::size_t kMostVariants = 500;

/// A statement whose plan costs nothing (SELECT 1) must not divide by zero.
constexpr double kLeastCost = 1e-6;

Result<sandbox::StatementId> prepare(sandbox::Database& sandbox, int session, const std::string& text) {
  auto prepared = sandbox.prepare(text, session);
  std::string last = text;
  for (const auto operands : {sql::Operands::kAsNeeded, sql::Operands::kNumbers}) {
    if (prepared || prepared.error().next == NextStep::kReconnect) break;
    auto plannable = sql::make_plannable(text, operands);
    if (plannable == last) continue;
    auto again = sandbox.prepare(plannable, session);
    if (again || again.error().next == NextStep::kReconnect || operands == sql::Operands::kAsNeeded) {
      prepared = std::move(again);
    }
    last = std::move(plannable);
  }
  return prepared;
}

Result<Part> make_part(sandbox::Database& sandbox, int session, const std::string& text) {
  Part part;
  const auto prepared = prepare(sandbox, session, text);
  if (!prepared) return prepared.error();
  part.prepared = *prepared;
  auto scans = sandbox.scans(*prepared);
  if (!scans) return scans.error();
  part.scans = std::move(*scans);
  for (const auto& scan : part.scans.scans) part.tables.insert(scan.relation);
  return part;
}

/// A statement on its way.
struct Draft {
  int session = 0;
  AnalysedStatement analysed;
  std::vector<ParameterSetting> settings;
  std::optional<model::Error> refusal;
};

Result<void> add_own_part(Draft& draft, sandbox::Database& sandbox) {
  auto own = make_part(sandbox, draft.session, draft.analysed.statement.text);
  if (!own) return own.error();
  draft.analysed.parts.push_back(std::move(*own));
  return {};
}

void add_settings(Draft& draft, const CountedValues& counted, const model::DatabaseSnapshot& snapshot,
                  std::size_t& room) {
  const auto& text = draft.analysed.statement.text;
  const auto& scans = draft.analysed.parts.front().scans;
  auto& parameters = draft.analysed.parameters;
  parameters = draft.analysed.statement.parameters;
  std::ranges::move(counted.of(draft.analysed.statement.id, text, scans, parameters),
                    std::back_inserter(parameters));
  std::ranges::move(drawn_values(text, scans, snapshot, parameters), std::back_inserter(parameters));
  auto settings = settings_of(parameters);
  if (settings.size() > room) return;
  room -= settings.size();
  draft.settings = std::move(settings);
}

Result<void> add_foreign_key_checks(Draft& draft, const model::DatabaseSnapshot& snapshot,
                                    sandbox::Database& sandbox) {
  const double times = rows_written(draft.analysed);
  const auto writes = draft.analysed.parts.front().scans.writes;
  for (const auto& write : writes) {
    for (const auto& check : foreign_key_checks(write, snapshot)) {
      auto part = make_part(sandbox, draft.session, check.text);
      if (!part && part.error().next == NextStep::kReconnect) return part.error();
      if (!part) continue;  // e.g. the referencing table was left out of the sandbox, which is reported there
      part->times = times;
      part->foreign_key = check.constraint;
      draft.analysed.parts.push_back(std::move(*part));
    }
  }
  return {};
}

/// Settings that the planner refuses (a literal that its type does not take) leave their share to the others.
Result<void> add_variants(Draft& draft, sandbox::Database& sandbox) {
  auto& own = draft.analysed.parts.front();
  double sum = 0;
  for (auto& setting : draft.settings) {
    const auto prepared =
        setting.literals.empty()
            ? Result<sandbox::StatementId>(own.prepared)
            : prepare(sandbox, draft.session, with_literals(draft.analysed.statement.text, setting.literals));
    if (!prepared && prepared.error().next == NextStep::kReconnect) return prepared.error();
    if (!prepared) continue;
    own.variants.push_back({*prepared, setting.share, std::move(setting.literals)});
    sum += setting.share;
  }
  for (auto& variant : own.variants) variant.share /= sum;
  draft.settings.clear();
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

Result<void> add_all_but_own(Draft& draft, const model::DatabaseSnapshot& snapshot,
                             sandbox::Database& sandbox) {
  if (auto done = add_variants(draft, sandbox); !done) return done;
  if (auto done = add_foreign_key_checks(draft, snapshot, sandbox); !done) return done;
  return add_base_cost(draft.analysed, sandbox);
}

std::vector<Draft> begin(std::span<const Statement> statements, const Shares& shares) {
  std::vector<Draft> drafts(statements.size());
  for (std::size_t session = 0; session < shares.size(); ++session) {
    for (const auto statement : shares[session]) {
      drafts[statement].session = static_cast<int>(session);
      drafts[statement].analysed.statement = statements[statement];
    }
  }
  return drafts;
}

/// Does the work for every draft that is not refused, each in its session.
Result<void> for_each(std::vector<Draft>& drafts, const Shares& shares, sandbox::Database& sandbox,
                      const std::stop_token& stop, const std::function<Result<void>(Draft&)>& work) {
  return sandbox.side_by_side([&](int session) -> Result<void> {
    for (const auto statement : shares[static_cast<std::size_t>(session)]) {
      auto& draft = drafts[statement];
      if (stop.stop_requested()) return model::give_up("stopped");
      if (draft.refusal) continue;
      auto done = work(draft);
      if (!done && done.error().next == NextStep::kReconnect) return done;
      if (!done) draft.refusal = done.error();
    }
    return {};
  });
}

void add(AnalysedWorkload& workload, Draft draft) {
  const auto& statement = draft.analysed.statement;
  const auto time = statement.time.value_or(model::Milliseconds{});
  auto* coverage = workload.coverage ? &*workload.coverage : nullptr;
  if (draft.refusal ? is_refused_housekeeping(statement) : is_housekeeping(draft.analysed)) {
    if (coverage) leave_out(*coverage, "system_catalogs", time);
  } else if (draft.refusal) {
    workload.skipped.push_back({statement.id, draft.refusal->message});
    if (coverage) leave_out(*coverage, "refused", time);
  } else {
    if (coverage) coverage->analysed += time;
    workload.statements.push_back(std::move(draft.analysed));
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
  for (const auto& view : workload.views) {
    if (auto created = sandbox.create_view(view); !created) {
      if (created.error().next == NextStep::kReconnect) return created.error();
      analysed.skipped.push_back(advisor::SkippedStatement{"CREATE VIEW", created.error().message});
    }
  }
  const auto shares = share_out(workload.statements, snapshot, sandbox.sessions());
  auto drafts = begin(workload.statements, shares);
  auto done =
      for_each(drafts, shares, sandbox, stop, [&](Draft& draft) { return add_own_part(draft, sandbox); });
  if (!done) return done.error();
  std::size_t room = kMostVariants;
  const CountedValues counted(snapshot);
  for (auto& draft : drafts) {
    if (!draft.refusal) add_settings(draft, counted, snapshot, room);
  }
  done = for_each(drafts, shares, sandbox, stop,
                  [&](Draft& draft) { return add_all_but_own(draft, snapshot, sandbox); });
  if (!done) return done.error();
  for (auto& draft : drafts) add(analysed, std::move(draft));
  if (analysed.coverage) {
    std::ranges::stable_sort(analysed.coverage->rest, std::greater{}, &advisor::NotAnalysed::time);
  }
  return analysed;
}

}  // namespace pgadvisor::workload
