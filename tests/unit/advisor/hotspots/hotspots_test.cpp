#include "advisor/hotspots/hotspots.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::hotspots {
namespace {

class Hotspots : public testing::Test {
 protected:
  void table(const std::string& name, std::int64_t pages, double rows, std::int64_t scans,
             std::int64_t read) {
    model::Table table;
    table.name = {"public", name};
    table.pages = pages;
    table.reltuples = rows;
    snapshot_.tables.push_back(table);
    model::TableCounters counters;
    counters.seq_scan = scans;
    counters.seq_tup_read = read;
    activity_.tables.push_back({table.name, counters});
  }
  [[nodiscard]] std::vector<advisor::Hotspot> ranked() const { return rank(snapshot_, activity_, 1000); }

  model::DatabaseSnapshot snapshot_;
  model::DatabaseActivity activity_;
};

TEST_F(Hotspots, RanksByBytesNotByScans) {
  table("often", 1000, 1000, 100, 100'000);
  table("large", 1'000'000, 1'000'000, 2, 2'000'000);
  ASSERT_EQ(ranked().size(), 2U);
  EXPECT_EQ(ranked()[0].table.name, "large");
  EXPECT_EQ(ranked()[0].bytes_read.value, 2'000'000LL * 8192);
}

TEST_F(Hotspots, IgnoresSmallTables) {
  table("settings", 1, 40, 1'000'000, 40'000'000);
  EXPECT_TRUE(ranked().empty());
}

TEST_F(Hotspots, IgnoresScansThatLimitEnded) {
  table("queue", 100'000, 1'000'000, 1000, 1000);
  EXPECT_TRUE(ranked().empty());
}

TEST_F(Hotspots, CountsAParallelScanThoughEachOfItsProcessesReadsAThird) {
  table("large", 100'000, 1'000'000, 30, 10'000'000);
  EXPECT_TRUE(ranked().empty());
  snapshot_.settings.push_back({"max_parallel_workers_per_gather", "2"});
  ASSERT_EQ(ranked().size(), 1U);
}

}  // namespace
}  // namespace pgadvisor::hotspots
