#include "advisor/sandbox/statistics_difference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace pgadvisor::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const model::ObjectName kOrders{"public", "orders"}, kIndex{"public", "orders_lower_idx"},
    kOther{"public", "other"};

model::ColumnStatistics row(const model::ObjectName& relation, const std::string& column) {
  model::ColumnStatistics row;
  row.relation = relation;
  row.column = column;
  return row;
}

model::Table table(std::uint32_t oid, const model::ObjectName& name) {
  model::Table table;
  table.oid = model::Oid{oid};
  table.name = name;
  return table;
}

model::DatabaseSnapshot snapshot() {
  model::DatabaseSnapshot snapshot;
  snapshot.tables = {table(1, kOrders), table(2, kOther)};
  snapshot.indexes.resize(1);
  snapshot.indexes[0].name = kIndex;
  snapshot.indexes[0].table = model::Oid{1};
  snapshot.column_statistics = {row(kOrders, "a"), row(kOrders, "b"), row(kIndex, "lower"), row(kOther, "a")};
  snapshot.extended_statistics.resize(1);
  snapshot.extended_statistics[0].object = {"public", "pairs"};
  return snapshot;
}

TEST(StatisticsDifference, IsNothingWhateverTheOrderOfRows) {
  model::DatabaseSnapshot now = snapshot();
  std::ranges::reverse(now.column_statistics);
  const auto difference = statistics_difference(snapshot(), now, {});
  EXPECT_THAT(difference.relations, IsEmpty());
  EXPECT_THAT(difference.columns, IsEmpty());
  EXPECT_THAT(difference.objects, IsEmpty());
}

TEST(StatisticsDifference, HoldsAllRowsOfARelationThatWasAnalysed) {
  model::DatabaseSnapshot now = snapshot();
  now.column_statistics[1].distinct = 7;
  const auto difference = statistics_difference(snapshot(), now, {});
  EXPECT_THAT(difference.relations, ElementsAre(kOrders));
  EXPECT_THAT(difference.columns, SizeIs(2));
}

TEST(StatisticsDifference, ForgetsThoseOfARelationThatHasNoneAnyMore) {
  model::DatabaseSnapshot now = snapshot();
  now.column_statistics.pop_back();
  const auto difference = statistics_difference(snapshot(), now, {});
  EXPECT_THAT(difference.relations, ElementsAre(kOther));
  EXPECT_THAT(difference.columns, IsEmpty());
}

TEST(StatisticsDifference, HoldsThoseOfChangedTablesTheirIndexesAndAllObjects) {
  const auto difference = statistics_difference(snapshot(), snapshot(), {kOrders});
  EXPECT_THAT(difference.relations, ElementsAre(kOrders, kIndex));
  EXPECT_THAT(difference.columns, SizeIs(3));
  EXPECT_THAT(difference.objects, SizeIs(1));
}

}  // namespace
}  // namespace pgadvisor::sandbox
