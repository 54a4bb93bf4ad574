#include "advisor/sandbox/relation_sizes.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::sandbox {
namespace {

model::Table table(double rows) {
  model::Table result;
  result.name = {"public", "t"};
  result.pages = result.relpages = 1000;
  result.reltuples = rows;
  result.columns = {{.number = 1, .name = "id", .type = "bigint", .length = 8, .alignment = 'd'}};
  return result;
}

TEST(EstimateTuples, KeepsTheDensityOfTheLastCount) {
  model::Table grown = table(50000);
  grown.pages = 1500;
  EXPECT_EQ(estimate_tuples(grown, 150000), 75000);
}

TEST(EstimateTuples, TellsNeverCountedFromEmpty) {
  model::Table fresh = table(-1);
  fresh.relpages = 0;
  EXPECT_EQ(estimate_tuples(fresh, 150000), -1);
  fresh.reltuples = 0;  // before PostgreSQL 14 this is what a new table has
  EXPECT_EQ(estimate_tuples(fresh, 130000), -1);
  EXPECT_GT(estimate_tuples(fresh, 150000), 0);
  fresh.pages = 0;
  EXPECT_EQ(estimate_tuples(fresh, 150000), 0);
}

TEST(RelationSizes, DiscountTheMetapageOfAPartialIndex) {
  model::DatabaseSnapshot snapshot;
  snapshot.server.version = 150000;
  snapshot.tables = {table(50000)};
  snapshot.tables[0].relallvisible = 250;
  model::Index partial;
  partial.name = {"public", "p"};
  partial.method = "btree";
  partial.key_count = 1;
  partial.columns = {1};
  partial.is_partial = true;
  partial.pages = 21;
  partial.relpages = 11;
  partial.reltuples = 1000;
  snapshot.indexes = {partial};
  const auto sizes = relation_sizes(snapshot);
  ASSERT_EQ(sizes.size(), 2U);
  EXPECT_EQ(sizes[0].all_visible, 0.25);
  EXPECT_EQ(sizes[1].pages, 21);
  EXPECT_EQ(sizes[1].tuples, 2000);
  EXPECT_EQ(sizes[1].tree_height, 1);
}

}  // namespace
}  // namespace pgadvisor::sandbox
