#include "advisor/selection/table_writes.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::selection {
namespace {

const model::ObjectName kOrders{"public", "orders"};

/// A table with columns id, state, paid, note, with an index on id; 100 of 120 updates were HOT.
class WritesToATable : public ::testing::Test {
 protected:
  WritesToATable() {
    auto& table = snapshot_.tables.emplace_back();
    table.oid = model::Oid{1};
    table.name = kOrders;
    std::int16_t number = 0;
    for (const auto* name : {"id", "state", "paid", "note"})
      table.columns.push_back({++number, name, "text"});
    add_index({1});
    auto& counters = workload_.writes[kOrders];
    counters.inserted = 10;
    counters.deleted = 5;
    counters.updated = 120;
    counters.hot_updated = 100;
  }
  model::Index& add_index(std::vector<std::int16_t> columns) {
    auto& index = snapshot_.indexes.emplace_back();
    index.table = model::Oid{1};
    index.method = "btree";
    index.columns = std::move(columns);
    return index;
  }
  void update(std::vector<std::string> columns, double calls) {
    auto& statement = analysed_.statements.emplace_back();
    statement.statement.calls = calls;
    statement.parts.emplace_back().scans.writes = {{'u', kOrders, std::move(columns)}};
  }
  [[nodiscard]] Writes writes() const { return {workload_, analysed_, snapshot_}; }
  [[nodiscard]] double lost(const model::IndexDefinition& index) const {
    return writes().lost_hot(snapshot_.tables[0], index);
  }

  model::DatabaseSnapshot snapshot_;
  workload::Workload workload_;
  workload::AnalysedWorkload analysed_;
};

TEST_F(WritesToATable, AreThoseCounted) {
  const auto sum = writes().to(snapshot_.tables[0]);
  EXPECT_EQ(sum.versions(), 30);
  EXPECT_EQ(sum.deleted, 5);
  EXPECT_EQ(sum.hot_updated, 100);
}

TEST_F(WritesToATable, LoseHotInTheShareOfTheRowsThatSetTheColumn) {
  update({"state"}, 30);
  update({"note"}, 10);
  update({"id"}, 1000);  // was not HOT before
  EXPECT_DOUBLE_EQ(lost({kOrders, "btree", {{"state"}}}), 75);
  EXPECT_DOUBLE_EQ(lost({kOrders, "btree", {{"paid"}}}), 0);
  EXPECT_DOUBLE_EQ(lost({kOrders, "btree", {{"paid"}}, {"note"}}), 25);
  EXPECT_DOUBLE_EQ(lost({kOrders, "btree", {{"id"}}}), 0) << "another index follows it already";
}

TEST_F(WritesToATable, LoseHotByWhatExpressionsAndPredicatesName) {
  update({"id"}, 1);  // whose name is part of another's
  update({"paid"}, 1);
  snapshot_.indexes.clear();
  EXPECT_DOUBLE_EQ(lost({kOrders, "btree", {{"", "lower(state)"}}, {}, "paid IS NULL"}), 50);
  EXPECT_DOUBLE_EQ(lost({kOrders, "btree", {{"", "lower(paid)"}}}), 50);
}

TEST_F(WritesToATable, AreHotWhereAnIndexedColumnIsSetToWhatItWas) {
  update({"id", "note"}, 7);
  EXPECT_DOUBLE_EQ(lost({kOrders, "btree", {{"note"}}}), 100);
}

TEST_F(WritesToATable, StayHotBesideBrinFrom16On) {
  update({"state"}, 1);
  const model::IndexDefinition brin{kOrders, "brin", {{"state"}}};
  EXPECT_DOUBLE_EQ(lost(brin), 100);
  snapshot_.server.version = 160000;
  EXPECT_DOUBLE_EQ(lost(brin), 0);
  add_index({2}).method = "brin";
  EXPECT_DOUBLE_EQ(lost({kOrders, "btree", {{"state"}}}), 100) << "BRIN does not make it lost already";
}

TEST_F(WritesToATable, OfAFileAreItsStatements) {
  workload_.writes.clear();
  update({"state"}, 30);
  update({"id"}, 12);
  analysed_.statements.back().parts.front().scans.writes.push_back({'d', kOrders, {}});
  const auto sum = writes().to(snapshot_.tables[0]);
  EXPECT_EQ(sum.updated, 12) << "an index has the column";
  EXPECT_EQ(sum.hot_updated, 30);
  EXPECT_EQ(sum.deleted, 12);
}

}  // namespace
}  // namespace pgadvisor::selection
