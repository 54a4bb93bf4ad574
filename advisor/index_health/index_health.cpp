#include "advisor/index_health/index_health.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace pgadvisor::index_health {
namespace {

using advisor::IndexReport;

/// Why an index must stay whatever its counters say; empty when nothing protects it.
std::string protection(const model::Index& index) {
  if (index.is_primary) return "it is the primary key";
  if (index.is_exclusion) return "it enforces an exclusion constraint";
  if (index.is_unique) return "it enforces uniqueness";
  if (index.backs_constraint) return "a constraint rests on it";
  if (index.is_replica_identity) return "it is the replica identity";
  if (index.is_clustered) return "the table is clustered on it";
  return {};
}

void judge_usage(IndexReport& report, const model::Index& index, const model::IndexActivity* activity) {
  if (!index.is_valid) {
    report.verdict = "invalid";
    report.reasons.emplace_back(
        "It is not valid: a CREATE INDEX CONCURRENTLY or REINDEX CONCURRENTLY failed or is "
        "still running. No query uses it, every write maintains it.");
  } else if (const auto reason = protection(index); !reason.empty()) {
    report.verdict = "protected";
    report.reasons.push_back("It stays: " + reason + ".");
  } else if (!activity) {
    report.verdict = "unknown";
    report.reasons.emplace_back("No usage counters were collected for it yet.");
  } else if (activity->counters.scans > 0) {
    report.verdict = "ok";
    report.reasons.push_back(fmt::format("{} scans in the window.", activity->counters.scans));
  } else {
    report.verdict = "observing";
    report.reasons.emplace_back("No scan in the window so far, which is too short to call it unused.");
  }
}

}  // namespace

std::vector<IndexReport> judge(const model::DatabaseSnapshot& snapshot,
                               const model::DatabaseActivity& activity) {
  std::map<model::ObjectName, const model::IndexActivity*> usage;
  for (const auto& entry : activity.indexes) usage[entry.index] = &entry;
  std::map<model::Oid, const model::Table*> tables;
  for (const auto& table : snapshot.tables) tables[table.oid] = &table;

  std::vector<IndexReport> reports;
  for (const auto& index : snapshot.indexes) {
    const auto table = tables.find(index.table);
    if (table == tables.end()) continue;
    const auto used = usage.find(index.name);
    const auto* counters = used == usage.end() ? nullptr : used->second;
    IndexReport report;
    report.index = index.name;
    report.table_schema = table->second->name.schema;
    report.table = table->second->name.name;
    report.size = {index.pages * model::kBlockSize};
    report.scans = counters ? counters->counters.scans : 0;
    report.since = activity.window.from;
    judge_usage(report, index, counters);
    reports.push_back(std::move(report));
  }
  std::stable_sort(reports.begin(), reports.end(),
                   [](const auto& a, const auto& b) { return a.size > b.size; });
  return reports;
}

}  // namespace pgadvisor::index_health
