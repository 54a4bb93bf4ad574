#include "advisor/selection/write_load.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::selection {
namespace {

const model::ObjectName kParent{"public", "events"};
const model::ObjectName kPart{"public", "events_1"};

/// A partitioned table with two partitions: each was inserted 100 rows, and updated 10, of these 8 HOT.
class WritesToPartitions : public ::testing::Test {
 protected:
  WritesToPartitions() {
    snapshot_.tables.resize(3);
    for (std::uint32_t i = 0; i < 3; ++i) {
      auto& table = snapshot_.tables[i];
      table.oid = model::Oid{i + 1};
      table.name = i == 0 ? kParent : model::ObjectName{"public", "events_" + std::to_string(i)};
      table.kind = i == 0 ? 'p' : 'r';
      table.parent = model::Oid{i == 0 ? 0U : 1U};
      if (i > 0) {
        auto& counters = workload_.writes[table.name];
        counters.inserted = 100;
        counters.updated = 10;
        counters.hot_updated = 8;
      }
    }
  }
  /// An UPDATE of the workload that names this table and sets the column.
  void update(const model::ObjectName& table, const std::string& column) {
    auto& statement = analysed_.statements.emplace_back();
    statement.parts.emplace_back().scans.writes = {{'u', table, {column}}};
  }
  [[nodiscard]] double rows(std::size_t table) const {
    const auto& on = snapshot_.tables[table];
    const whatif::Candidate candidate{{on.name, "btree", {{"state"}}}, &on, {}, 1, {}};
    return WriteModel(workload_, analysed_, snapshot_).load(candidate).overhead.writes;
  }

  model::DatabaseSnapshot snapshot_;
  workload::Workload workload_;
  workload::AnalysedWorkload analysed_;
};

TEST_F(WritesToPartitions, AreWritesToAnIndexOnTheirParent) {
  EXPECT_EQ(rows(1), 102);
  EXPECT_EQ(rows(0), 204);
}

TEST_F(WritesToPartitions, AreNoLongerHotWhereAStatementOnAnyTableOfTheTreeSetsTheColumn) {
  update(kParent, "other");
  EXPECT_EQ(rows(0), 204);
  analysed_.statements.clear();
  update(kParent, "state");
  EXPECT_EQ(rows(0), 220);
  EXPECT_EQ(rows(1), 110);
  analysed_.statements.clear();
  update(kPart, "state");
  EXPECT_EQ(rows(0), 220);
  EXPECT_EQ(rows(2), 102) << "its sister is not updated";
}

TEST_F(WritesToPartitions, TakeSoMuchMoreWalAndTimeAsTheyFindOtherIndexes) {
  const auto load = [&] {
    const auto& table = snapshot_.tables[1];
    return WriteModel(workload_, analysed_, snapshot_)
        .load({{table.name, "btree", {{"state"}}}, &table, {}, 1, {}});
  };
  update(kPart, "other");
  auto& other = snapshot_.indexes.emplace_back();
  other.table = model::Oid{2};
  const auto kept = load();
  analysed_.statements.clear();
  update(kPart, "state");
  const auto lost = load();
  EXPECT_EQ(lost.overhead.lost_hot, 8);
  snapshot_.indexes.clear();
  const auto alone = load();
  EXPECT_GT(alone.cost, kept.cost);
  EXPECT_GT(lost.cost, alone.cost) << "each enters the other index as well";
  EXPECT_GT(lost.overhead.wal, alone.overhead.wal);
}

TEST_F(WritesToPartitions, CostGinAnEntryForEachKeyAndBrinNextToNothing) {
  const auto& table = snapshot_.tables[1];
  const auto cost = [&](const std::string& method, std::optional<sandbox::GinContents> gin) {
    const whatif::Candidate candidate{{table.name, method, {{"state"}}}, &table, {10, 1000, 1, gin}, 1, {}};
    return WriteModel(workload_, analysed_, snapshot_).load(candidate).cost;
  };
  const double btree = cost("btree", {});
  EXPECT_GT(cost("gin", sandbox::GinContents{5, 5, 100, 4000}), 3 * btree);
  EXPECT_LT(cost("brin", {}), btree / 2);
}

TEST_F(WritesToPartitions, CostVacuumWhatWasDeleted) {
  const auto& table = snapshot_.tables[1];
  const auto load = [&] {
    const whatif::Candidate candidate{{table.name, "btree", {{"state"}}}, &table, {10, 1000, 1}, 1, {}};
    return WriteModel(workload_, analysed_, snapshot_).load(candidate);
  };
  const auto before = load();
  workload_.writes[kPart].deleted = 500;
  const auto after = load();
  EXPECT_EQ(after.overhead.writes, before.overhead.writes);
  EXPECT_GT(after.cost, before.cost);
  EXPECT_GT(after.overhead.wal, before.overhead.wal);
}

}  // namespace
}  // namespace pgadvisor::selection
