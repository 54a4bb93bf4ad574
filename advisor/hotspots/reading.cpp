#include "advisor/hotspots/reading.hpp"

#include <algorithm>

namespace pgadvisor::hotspots {
namespace {

/// Share of the table that a scan has to read on average to count.
constexpr double kLeastShare = 0.5;
/// Rows that a scan of a table worth looking at reads, where its pages are not known (never vacuumed).
constexpr double kManyRows = 10000;

bool is_index_of(const model::ObjectName& index, model::Oid table, const model::DatabaseSnapshot& snapshot) {
  return std::ranges::any_of(snapshot.indexes, [&](const model::Index& one) {
    return one.table == table && one.name.name == index.name &&
           (index.schema.empty() || one.name.schema == index.schema);
  });
}

bool is_read_by(const model::Maintenance& work, const model::TableWindow& table,
                const model::DatabaseSnapshot* snapshot) {
  if (work.oid != model::Oid::kInvalid) return work.oid == table.oid;
  if (work.relation.name.empty()) return true;
  // An index that the last catalog does not have may be anybody's.
  if (work.is_index) return snapshot == nullptr || is_index_of(work.relation, table.oid, *snapshot);
  return work.relation.name == table.table.name &&
         (work.relation.schema.empty() || work.relation.schema == table.table.schema);
}

}  // namespace

int scan_processes(std::int64_t pages, const std::vector<model::Setting>& settings) {
  const auto most = static_cast<std::int64_t>(number_of(settings, "max_parallel_workers_per_gather", 2));
  auto threshold =
      static_cast<std::int64_t>(std::max(number_of(settings, "min_parallel_table_scan_size", 1024), 1.0));
  if (pages < threshold) return 1;
  int workers = 1;
  for (; pages >= threshold * 3; threshold *= 3) ++workers;
  return 1 + static_cast<int>(std::clamp<std::int64_t>(workers, 0, std::max<std::int64_t>(most, 0)));
}

bool may_count(const model::TableWindow& table, std::int64_t known_pages, std::int64_t min_pages) {
  const auto& counters = table.counters;
  if (counters.seq_scan <= 0) return false;
  if (std::max(known_pages, table.relpages) >= min_pages) return true;
  return table.relpages == 0 &&
         static_cast<double>(counters.seq_tup_read) >= kManyRows * static_cast<double>(counters.seq_scan);
}

std::optional<Reading> reading_of(const model::TableWindow& table, const TableSize& size,
                                  const ReadingRules& rules, model::Seconds length) {
  const double scans = static_cast<double>(table.counters.seq_scan);
  const double rows = static_cast<double>(table.counters.seq_tup_read);
  if (scans <= 0 || size.pages < rules.min_pages || length.count() <= 0) return std::nullopt;
  Reading reading{table.table, scans, rows, 0, 0, 0, {}};
  if (size.rows > 0) {
    const double share = rows / size.rows / scans;
    if (share < kLeastShare / rules.processes && !rules.full_scan_seen) return std::nullopt;
    // Bloat and rows that came meanwhile make more rows than the table has; never more scans than were
    // counted.
    reading.full_scans = std::min(scans, rows / size.rows);
  } else {
    reading.full_scans = scans / rules.processes;
  }
  reading.bytes = reading.full_scans * static_cast<double>(size.pages * model::kBlockSize);
  reading.rate = reading.bytes / length.count();
  return reading;
}

std::optional<model::MaintenanceKind> maintenance_of(const model::TableWindow& table,
                                                     const std::vector<model::Maintenance>& works,
                                                     const model::DatabaseSnapshot* snapshot) {
  if (table.index_built) return model::MaintenanceKind::kIndexBuild;
  const auto found = std::ranges::find_if(
      works, [&](const model::Maintenance& work) { return is_read_by(work, table, snapshot); });
  return found == works.end() ? std::nullopt : std::optional(found->kind);
}

}  // namespace pgadvisor::hotspots
