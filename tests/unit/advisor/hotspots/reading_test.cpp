#include "advisor/hotspots/reading.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::hotspots {
namespace {

using model::MaintenanceKind;
using model::Seconds;

model::TableWindow window(std::int64_t scans, std::int64_t rows) {
  model::TableWindow table;
  table.table = {"public", "orders"};
  table.oid = model::Oid{7};
  table.counters.seq_scan = scans;
  table.counters.seq_tup_read = rows;
  return table;
}

/// Of a table of 10,000 pages and a million rows, in 100 s.
std::optional<Reading> read(std::int64_t scans, std::int64_t rows, const ReadingRules& rules = {}) {
  return reading_of(window(scans, rows), {10000, 1e6}, rules, Seconds(100));
}

TEST(ReadingOf, CountsWholeTablesAndTheirBytes) {
  const auto reading = read(5, 5'000'000);
  ASSERT_TRUE(reading);
  EXPECT_DOUBLE_EQ(reading->full_scans, 5);
  EXPECT_DOUBLE_EQ(reading->bytes, 5.0 * 10000 * 8192);
  EXPECT_DOUBLE_EQ(reading->rate, 5.0 * 100 * 8192);
}

TEST(ReadingOf, LeavesOutSmallTables) {
  EXPECT_FALSE(reading_of(window(1'000'000, 40'000'000), {999, 40}, {}, Seconds(100)));
}

TEST(ReadingOf, LeavesOutScansThatReadLessThanHalfOfTheTable) {
  EXPECT_FALSE(read(1000, 1000));
  EXPECT_FALSE(read(10, 4'900'000));
  EXPECT_TRUE(read(10, 5'100'000));
}

TEST(ReadingOf, CountsFullScansAmongPartialOnesWhenAStatementIsKnownToMakeThem) {
  const auto reading = read(1010, 10'001'000, {.full_scan_seen = true});
  ASSERT_TRUE(reading);
  EXPECT_NEAR(reading->full_scans, 10, 0.01);
}

TEST(ReadingOf, CountsAParallelScanOnceThoughEachOfItsProcessesCounts) {
  EXPECT_FALSE(read(3, 1'000'000));
  const auto reading = read(3, 1'000'000, {.processes = 3});
  ASSERT_TRUE(reading);
  EXPECT_DOUBLE_EQ(reading->full_scans, 1);
}

TEST(ReadingOf, NeverMakesMoreScansOfBloatThanWereCounted) {
  EXPECT_DOUBLE_EQ(read(2, 9'000'000)->full_scans, 2);
}

TEST(ReadingOf, TakesScansForWholeWhereRowsAreNotKnown) {
  const auto reading = reading_of(window(4, 100), {10000, -1}, {}, Seconds(100));
  ASSERT_TRUE(reading);
  EXPECT_DOUBLE_EQ(reading->full_scans, 4);
}

TEST(ScanProcesses, FollowsThePlannersOwnRule) {
  const std::vector<model::Setting> usual{{"max_parallel_workers_per_gather", "8"},
                                          {"min_parallel_table_scan_size", "1024"}};
  EXPECT_EQ(scan_processes(1023, usual), 1);
  EXPECT_EQ(scan_processes(1024, usual), 2);
  EXPECT_EQ(scan_processes(3072, usual), 3);
  EXPECT_EQ(scan_processes(9216, usual), 4);
  EXPECT_EQ(scan_processes(1'000'000, {{"max_parallel_workers_per_gather", "2"}}), 3);
  EXPECT_EQ(scan_processes(1'000'000, {{"max_parallel_workers_per_gather", "0"}}), 1);
}

TEST(MayCount, AsksAboutLargeTablesAndThoseOfUnknownSize) {
  EXPECT_FALSE(may_count(window(0, 0), 5000, 1000));
  EXPECT_TRUE(may_count(window(1, 10), 5000, 1000));
  EXPECT_FALSE(may_count(window(1, 10), 10, 1000));
  auto never_vacuumed = window(1, 200'000);
  EXPECT_TRUE(may_count(never_vacuumed, 0, 1000));
  never_vacuumed.relpages = 10;
  EXPECT_FALSE(may_count(never_vacuumed, 0, 1000));
}

TEST(MaintenanceOf, FindsTheTableByOidNameOrIndex) {
  const auto table = window(1, 1);
  model::DatabaseSnapshot snapshot;
  model::Index index;
  index.name = {"public", "orders_pkey"};
  index.table = table.oid;
  snapshot.indexes.push_back(index);
  const auto found = [&](const model::Maintenance& work) { return maintenance_of(table, {work}, &snapshot); };
  const auto kind = MaintenanceKind::kIndexBuild;
  EXPECT_EQ(found({kind, {}, false, model::Oid{7}}), kind);
  EXPECT_FALSE(found({kind, {}, false, model::Oid{8}}));
  EXPECT_EQ(found({kind, {"", "orders"}, false, {}}), kind);
  EXPECT_FALSE(found({kind, {"archive", "orders"}, false, {}}));
  EXPECT_EQ(found({kind, {}, false, {}}), kind);
  EXPECT_EQ(found({kind, {"", "orders_pkey"}, true, {}}), kind);
  EXPECT_FALSE(found({kind, {"", "lines_pkey"}, true, {}}));
  EXPECT_EQ(maintenance_of(table, {{kind, {"", "x"}, true, {}}}, nullptr), kind);
}

TEST(MaintenanceOf, SeesAnIndexThatWasNotThereBefore) {
  auto table = window(2, 1'000'000);
  EXPECT_FALSE(maintenance_of(table, {}, nullptr));
  table.index_built = true;
  EXPECT_EQ(maintenance_of(table, {}, nullptr), MaintenanceKind::kIndexBuild);
}

}  // namespace
}  // namespace pgadvisor::hotspots
