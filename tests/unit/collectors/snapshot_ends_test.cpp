#include "collectors/snapshot_ends.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::collectors {
namespace {

using model::Oid;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Columns a and b of a table of 50,000 rows on 400 pages, both with a histogram, and a B-tree on a.
model::DatabaseSnapshot one_table() {
  model::DatabaseSnapshot snapshot;
  model::Table table;
  table.oid = Oid{1};
  table.name = {"public", "t"};
  table.reltuples = 50000;
  table.pages = table.relpages = 400;
  table.columns = {{1, "a", "integer"}, {2, "b", "integer"}};
  snapshot.tables.push_back(table);
  for (const char* column : {"a", "b"}) {
    model::ColumnStatistics row;
    row.relation = table.name;
    row.column = column;
    row.histogram_bounds = "{1,2,3}";
    snapshot.column_statistics.push_back(row);
  }
  model::Index index;
  index.oid = Oid{10};
  index.table = table.oid;
  index.method = "btree";
  index.columns = {1};
  snapshot.indexes.push_back(index);
  return snapshot;
}

TEST(UnknownEnds, AreThoseOfTablesOfMoreRowsThanTheSample) {
  auto snapshot = one_table();
  EXPECT_THAT(indexes_with_unknown_ends(snapshot), ElementsAre(Oid{10}));
  snapshot.tables[0].reltuples = 30000;
  EXPECT_THAT(indexes_with_unknown_ends(snapshot), IsEmpty());
  snapshot.settings.push_back({"default_statistics_target", "99"});
  EXPECT_THAT(indexes_with_unknown_ends(snapshot), ElementsAre(Oid{10}));
}

TEST(UnknownEnds, AreThoseOfSmallTablesThatChangedTheirSize) {
  auto snapshot = one_table();
  snapshot.tables[0].reltuples = 200;
  snapshot.tables[0].pages = 401;
  EXPECT_THAT(indexes_with_unknown_ends(snapshot), ElementsAre(Oid{10}));
}

TEST(UnknownEnds, AreNotReadOfParentsOfPartitions) {
  auto snapshot = one_table();
  snapshot.tables[0].kind = 'p';
  EXPECT_THAT(indexes_with_unknown_ends(snapshot), IsEmpty());
}

TEST(UnknownEnds, NeedAHistogramOfTheTableItself) {
  auto snapshot = one_table();
  snapshot.column_statistics[0].inherited = true;
  EXPECT_THAT(indexes_with_unknown_ends(snapshot), IsEmpty());
  snapshot.column_statistics[0].inherited = false;
  snapshot.column_statistics[0].histogram_bounds.reset();
  EXPECT_THAT(indexes_with_unknown_ends(snapshot), IsEmpty());
}

TEST(UnknownEnds, NeedAValidFullBTreeLedByAColumn) {
  const auto with = [](auto change) {
    auto snapshot = one_table();
    change(snapshot.indexes[0]);
    return indexes_with_unknown_ends(snapshot);
  };
  EXPECT_THAT(with([](model::Index& index) { index.method = "hash"; }), IsEmpty());
  EXPECT_THAT(with([](model::Index& index) { index.is_valid = false; }), IsEmpty());
  EXPECT_THAT(with([](model::Index& index) { index.is_partial = true; }), IsEmpty());
  EXPECT_THAT(with([](model::Index& index) { index.columns = {0, 1}; }), IsEmpty());
  EXPECT_THAT(with([](model::Index& index) { index.columns = {2, 1}; }), ElementsAre(Oid{10}));
}

TEST(UnknownEnds, AreReadOnceAColumnFromAnIndexInItsOwnOrder) {
  auto snapshot = one_table();
  model::Index plain = snapshot.indexes[0];
  snapshot.indexes[0].has_special_keys = true;
  plain.oid = Oid{11};
  snapshot.indexes.push_back(plain);
  plain.oid = Oid{12};
  snapshot.indexes.push_back(plain);
  EXPECT_THAT(indexes_with_unknown_ends(snapshot), ElementsAre(Oid{11}));
}

TEST(UnknownEnds, AreBoundedInNumberTheLargestTablesFirst) {
  model::DatabaseSnapshot snapshot;
  for (std::uint32_t number = 1; number <= 2500; ++number) {
    auto other = one_table();
    other.tables[0].oid = other.indexes[0].table = Oid{number};
    other.tables[0].name.name = "t" + std::to_string(number);
    other.tables[0].pages = number;
    other.indexes[0].oid = Oid{10000 + number};
    other.column_statistics[0].relation = other.tables[0].name;
    snapshot.tables.push_back(other.tables[0]);
    snapshot.indexes.push_back(other.indexes[0]);
    snapshot.column_statistics.push_back(other.column_statistics[0]);
  }
  const auto indexes = indexes_with_unknown_ends(snapshot);
  ASSERT_EQ(indexes.size(), 2000U);
  EXPECT_EQ(indexes.front(), Oid{12500});
  EXPECT_EQ(indexes.back(), Oid{10501});
}

}  // namespace
}  // namespace pgadvisor::collectors
