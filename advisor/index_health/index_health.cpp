#include "advisor/index_health/index_health.hpp"

#include "advisor/index_health/examination.hpp"

#include <algorithm>
#include <map>

namespace pgadvisor::index_health {

namespace {

using advisor::IndexHealth;
using advisor::IndexReport;

/// A verdict that counters give speaks of their time; any other begins when it was first given.
void set_since(std::vector<Judged>& judged, const Evidence& evidence) {
  std::map<model::ObjectName, const model::IndexMemory*> before;
  for (const auto& memory : evidence.memory) before.emplace(memory.index, &memory);
  for (auto& one : judged) {
    auto& report = one.report;
    const bool counted =
        report.verdict == "ok" || report.verdict == "observing" || report.verdict == "unused";
    if (counted) continue;
    const auto known = before.find(report.index);
    const bool same = known != before.end() && known->second->identity == report.identity &&
                      known->second->verdict == report.verdict;
    report.since = same ? known->second->since : evidence.usage.as_of;
  }
}

}  // namespace

model::Result<IndexHealth> examine(const Evidence& evidence, const workload::Workload& workload,
                                   const UsagePolicy& policy, sandbox::Database* sandbox,
                                   std::stop_token stop) {
  const Catalog catalog(evidence.snapshot);
  const UsageJudge usage(evidence.usage, policy);
  const ForeignKeys foreign_keys(catalog);
  auto judged = judge_indexes(catalog, usage, foreign_keys);
  ParentChanges changes = deleted_rows(evidence.activity);

  IndexHealth health;
  if (sandbox != nullptr) {
    Examination examination(evidence, catalog, *sandbox, std::move(stop));
    if (auto done = examination.weigh(judged); !done) return done.error();
    if (auto done = examination.prove(judged, workload, foreign_keys, changes); !done) return done.error();
    health.left_out = examination.left_out();
  } else {
    doubt_worth(judged, catalog);
  }
  set_since(judged, evidence);

  health.window = usage.window();
  health.coverage = usage.coverage();
  health.members = usage.members();
  health.foreign_keys = foreign_keys.without_index(changes);
  for (auto& one : judged) health.indexes.push_back(std::move(one.report));
  std::ranges::stable_sort(health.indexes, std::greater{}, advisor::importance);
  return health;
}

std::vector<model::IndexMemory> to_remember(const IndexHealth& health) {
  std::vector<model::IndexMemory> memory;
  for (const IndexReport& report : health.indexes)
    memory.push_back({report.index, report.identity, report.verdict, report.since, report.size_ratio});
  return memory;
}

}  // namespace pgadvisor::index_health
