#include "daemon/metrics/index_families.hpp"

#include "collectors/sql/quote.hpp"
#include "daemon/metrics/status_families.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <string>
#include <utility>

namespace pgadvisor::daemon::metrics {
namespace {

using advisor::DatabaseReport;
using advisor::ForeignKeyReport;
using advisor::IndexReport;
using advisor::Report;

struct Sum {
  double count = 0;
  double bytes = 0;
  double reclaimable = 0;
};
using ByVerdict = std::map<std::pair<std::string, std::string>, Sum>;  ///< by database and verdict

std::vector<const DatabaseReport*> fresh_reports(const Report& report, const Status& status) {
  std::vector<const DatabaseReport*> databases;
  for (const auto& database : report.databases)
    if (is_fresh(status, "relations", database.advice.database)) databases.push_back(&database);
  return databases;
}

ByVerdict sums(const std::vector<const DatabaseReport*>& databases) {
  ByVerdict sums;
  for (const auto* database : databases) {
    for (const IndexReport& index : database->health.indexes) {
      Sum& sum = sums[{database->advice.database, index.verdict}];
      ++sum.count;
      sum.bytes += static_cast<double>(index.size.value);
      sum.reclaimable += static_cast<double>(index.reclaimable.value);
    }
  }
  return sums;
}

std::vector<Series> per_verdict(const ByVerdict& sums, double Sum::*value) {
  std::vector<Series> series;
  for (const auto& [key, sum] : sums)
    series.push_back({{{"database", key.first}, {"verdict", key.second}}, sum.*value});
  return series;
}

/// Those that something is to be done about; all others are in the sums.
std::vector<Series> per_finding(const std::vector<const DatabaseReport*>& databases, bool with_verdict,
                                const std::function<double(const IndexReport&)>& value) {
  std::vector<Series> series;
  for (const auto* database : databases) {
    for (const IndexReport& index : database->health.indexes) {
      if (!is_finding(index)) continue;
      Series one{{{"database", database->advice.database},
                  {"schema", index.index.schema},
                  {"index", index.index.name}},
                 value(index)};
      if (with_verdict) {
        one.labels.push_back({"table", sql::quote_name({index.table_schema, index.table})});
        one.labels.push_back({"verdict", index.verdict});
      }
      series.push_back(std::move(one));
    }
  }
  return series;
}

void add_foreign_keys(Families& families, const std::vector<const DatabaseReport*>& databases) {
  std::map<std::pair<std::string, std::string>, double> counts;
  std::vector<Series> info;
  for (const auto* database : databases) {
    const auto& name = database->advice.database;
    // Zero tells an alert "none" from "no data".
    for (const char* severity : {"critical", "warning", "info"}) counts[{name, severity}];
    for (const ForeignKeyReport& key : database->health.foreign_keys) {
      const auto severity = std::string(to_string(key.severity));
      ++counts[{name, severity}];
      info.push_back({{{"database", name},
                       {"table", sql::quote_name(key.table)},
                       {"columns", fmt::format("{}", fmt::join(key.columns, ","))},
                       {"severity", severity}},
                      1});
    }
  }
  std::vector<Series> series;
  for (const auto& [key, count] : counts)
    series.push_back({{{"database", key.first}, {"severity", key.second}}, count});
  families.gauge("pgadvisor_foreign_keys_without_index",
                 "Columns that reference another table and that no index finds, by severity",
                 std::move(series));
  families.gauge("pgadvisor_foreign_key_without_index_info", "Identity of columns that no index finds",
                 std::move(info));
}

}  // namespace

void add_indexes(Families& families, const Report& report, const Status& status) {
  const auto databases = fresh_reports(report, status);
  const auto by_verdict = sums(databases);
  families.gauge("pgadvisor_indexes", "Existing indexes by verdict", per_verdict(by_verdict, &Sum::count));
  families.gauge("pgadvisor_index_bytes", "Size of existing indexes by verdict",
                 per_verdict(by_verdict, &Sum::bytes));
  families.gauge("pgadvisor_index_reclaimable_bytes",
                 "What following the verdicts on existing indexes gives back, by verdict",
                 per_verdict(by_verdict, &Sum::reclaimable));
  families.gauge("pgadvisor_index_finding_info",
                 "Identity of an existing index that something is to be done about",
                 per_finding(databases, true, [](const IndexReport&) { return 1; }));
  families.gauge("pgadvisor_index_finding_reclaimable_bytes", "What following its verdict gives back",
                 per_finding(databases, false, [](const IndexReport& index) {
                   return static_cast<double>(index.reclaimable.value);
                 }));
  add_foreign_keys(families, databases);
}

void add_members(Families& families, const Report& report, const Status& status) {
  std::vector<Series> up;
  std::vector<Series> busy;
  for (const MemberStatus& member : status.members) {
    up.push_back({{{"member", member.name}}, member.up ? 1.0 : 0.0});
    busy.push_back({{{"member", member.name}}, member.database_seconds});
  }
  families.gauge("pgadvisor_replica_up", "1 when the last round of polls of a replica succeeded",
                 std::move(up));
  families.counter("pgadvisor_replica_database_seconds_total",
                   "Time that pgadvisor's own queries spent in a replica", std::move(busy));
  std::vector<Series> coverage;
  for (const auto& database : report.databases) {
    for (const auto& member : database.health.members) {
      coverage.push_back(
          {{{"database", database.advice.database}, {"member", member.name}}, member.coverage});
    }
  }
  families.gauge("pgadvisor_member_coverage_ratio",
                 "Share of the time that verdicts on use speak of for which a server was watched, 0 to 1",
                 std::move(coverage));
}

}  // namespace pgadvisor::daemon::metrics
