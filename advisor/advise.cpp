#include "advisor/advise.hpp"

#include "advisor/candidates/candidates.hpp"
#include "advisor/deadline.hpp"
#include "advisor/hotspots/planned_reads.hpp"
#include "advisor/recommendation/alternatives.hpp"
#include "advisor/recommendation/findings.hpp"
#include "advisor/recommendation/recommend.hpp"
#include "advisor/recommendation/unhelped.hpp"
#include "advisor/selection/problem.hpp"
#include "advisor/stage_timer.hpp"
#include "advisor/whatif/harvest.hpp"
#include "advisor/whatif/whatif.hpp"
#include "advisor/workload/analyse.hpp"

namespace pgadvisor::advisor {
namespace {

/// Plans at the same time. The sandbox runs beside production: two processors keep the advice short, more
/// would be missed there.
constexpr int kSessions = 2;

}  // namespace

model::Result<Advice> advise(const model::DatabaseSnapshot& snapshot, const workload::Workload& workload,
                             sandbox::Database& sandbox, const Options& options, const model::Clock& clock,
                             std::stop_token stop, const OnStage& on_stage) {
  StageTimer stage(clock, on_stage);
  const Deadline deadline(stop, options.time_limit);

  if (auto opened = sandbox.open_sessions(kSessions); !opened) return opened.error();
  const auto analysed = stage("scans", [&] { return workload::analyse(workload, snapshot, sandbox, stop); });
  if (!analysed) return analysed.error();
  const auto definitions = stage("candidates", [&] {
    return candidates::generate(analysed->statements, snapshot,
                                {options.min_table_pages, options.max_key_columns});
  });
  const auto candidates = stage("harvest", [&] {
    return whatif::harvest(definitions, analysed->statements, snapshot, sandbox, deadline.token());
  });
  if (!candidates) return candidates.error();

  whatif::WhatIf whatif(sandbox, analysed->statements, *candidates);
  const selection::WriteModel writes(workload, *analysed, snapshot);
  const auto problem =
      selection::make_problem(whatif, *candidates, writes, snapshot.indexes, options.max_slowdown / 100);
  const selection::Constraints constraints{options.budget, options.max_indexes, options.min_gain / 100};
  const auto selected =
      stage("select", [&] { return selection::select(problem, constraints, deadline.token()); });
  if (!selected) return selected.error();
  if (stop.stop_requested()) return model::give_up("stopped");

  const recommendation::Evidence evidence{snapshot, *candidates, problem, *selected, writes, whatif, sandbox};
  auto recommendations = stage("recommend", [&] { return recommendation::recommend(evidence); });
  if (!recommendations) return recommendations.error();
  const auto left_out = stage(
      "left_out", [&] { return selection::left_out(problem, *selected, constraints, deadline.token()); });
  if (!left_out) return left_out.error();
  auto alternatives = recommendation::alternatives(evidence, *left_out, *recommendations);
  auto unhelped = recommendation::unhelped(evidence, {constraints, alternatives, options.min_table_pages});
  if (!unhelped) return unhelped.error();
  auto advice = recommendation::summarise(snapshot, workload, *analysed, *selected, whatif, sandbox);
  if (!advice) return advice.error();
  advice->recommendations = std::move(*recommendations);
  advice->alternatives = std::move(alternatives);
  advice->unhelped = std::move(*unhelped);
  advice->table_statements = recommendation::table_statements(*analysed);
  advice->planned_reads = hotspots::planned_reads(*analysed, snapshot, options.min_table_pages);
  for (auto& entry : advice->recommendations) {
    advice->size += entry.size;
    if (entry.benefit_time) entry.benefit_per_day = per_day(*entry.benefit_time, advice->window);
  }
  advice->seconds = stage.elapsed().count();
  return advice;
}

}  // namespace pgadvisor::advisor
