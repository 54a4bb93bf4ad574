#include "advisor/sandbox/size_model.hpp"

#include "advisor/sandbox/btree_tuple.hpp"
#include "advisor/sandbox/relation_sizes.hpp"
#include "advisor/sandbox/value_widths.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

model::Table table(double rows) {
  model::Table result;
  result.name = {"public", "t"};
  result.pages = result.relpages = 1000;
  result.reltuples = rows;
  result.columns = {{.number = 1, .name = "id", .type = "bigint", .length = 8, .alignment = 'd'},
                    {.number = 2, .name = "small", .type = "smallint", .length = 2, .alignment = 's'},
                    {.number = 3, .name = "flag", .type = "boolean", .length = 1, .alignment = 'c'},
                    {.number = 4, .name = "code", .type = "text", .length = -1, .alignment = 'i'},
                    {.number = 5, .name = "fixed", .type = "character(10)", .length = -1, .alignment = 'i'}};
  return result;
}

model::ColumnStatistics statistics(const std::string& column, float distinct) {
  model::ColumnStatistics result;
  result.relation = {"public", "t"};
  result.column = column;
  result.distinct = distinct;
  result.average_width = 8;
  return result;
}

model::IndexDefinition index(const std::vector<std::string>& columns) {
  model::IndexDefinition result;
  result.table = {"public", "t"};
  for (const std::string& column : columns) result.keys.push_back({.column = column});
  return result;
}

// 551 pages with a root at level 2, and 171 pages, are what PostgreSQL 15 built for 200,000 rows.
TEST(EstimateSize, OfAUniqueBigint) {
  const IndexSize size = estimate_size(index({"id"}), table(200000), {statistics("id", -1)}, 1);
  EXPECT_EQ(size.pages, 551);
  EXPECT_EQ(size.tree_height, 2);
  EXPECT_EQ(size.tuples, 200000);
}

TEST(EstimateSize, DeduplicatesEqualKeys) {
  EXPECT_EQ(estimate_size(index({"flag"}), table(200000), {statistics("flag", 2)}, 1).pages, 171);
}

// PostgreSQL 15.20 built 774.
TEST(EstimateSize, DoesNotDeduplicateFixedLengthTexts) {
  model::ColumnStatistics fixed = statistics("fixed", 25);
  fixed.average_width = 11;
  EXPECT_EQ(estimate_size(index({"fixed"}), table(200000), {fixed}, 1).pages, 774);
}

TEST(EstimateSize, OfAnEmptyTableIsTheMetapageAndARoot) {
  const IndexSize size = estimate_size(index({"id"}), table(0), {}, 1);
  EXPECT_EQ(size.pages, 2);
  EXPECT_EQ(size.tree_height, 0);
}

TEST(EstimateSize, ShrinksWithThePredicate) {
  const auto rows = {statistics("id", -1)};
  EXPECT_EQ(estimate_size(index({"id"}), table(200000), rows, 0.5).tuples, 100000);
  EXPECT_LT(estimate_size(index({"id"}), table(200000), rows, 0.5).pages, 280);
}

TEST(EstimateSize, HasNoHeightForOtherMethods) {
  model::IndexDefinition brin = index({"id"});
  brin.method = "brin";
  const IndexSize size = estimate_size(brin, table(200000), {statistics("id", -1)}, 1);
  EXPECT_EQ(size.tree_height, -1);
  EXPECT_LT(size.pages, 6);
}

TEST(EstimateHeight, GrowsWithEachFullLevel) {
  EXPECT_EQ(estimate_height(1, 16), 0);
  EXPECT_EQ(estimate_height(2, 16), 0);
  EXPECT_EQ(estimate_height(4, 16), 1);
  EXPECT_EQ(estimate_height(551, 16), 2);
  EXPECT_EQ(estimate_height(27424, 16), 2);   // 366 tuples a leaf: 10 million bigints
  EXPECT_EQ(estimate_height(274194, 16), 3);  // 100 million of them
}

TEST(TupleSizes, AlignValuesAsIndexTuplesDo) {
  const KeyColumn bigint{.widths = {{8, 1.0}}, .alignment = 8};
  const KeyColumn boolean{.widths = {{1, 1.0}}, .alignment = 1};
  const KeyColumn text{.widths = {{20, 1.0}}, .varlena = true};
  EXPECT_EQ(tuple_size(std::vector{boolean}).mean, 16);
  EXPECT_EQ(tuple_size(std::vector{boolean, bigint}).mean, 24);
  EXPECT_EQ(tuple_size(std::vector{text, boolean}).mean, 32);
  EXPECT_EQ(tuple_size(std::vector{text, bigint}).mean, 40);
}

TEST(TupleSizes, NullsTakeALongerHeaderAndNoRoom) {
  KeyColumn text{.widths = {{40, 1.0}}, .varlena = true, .null_fraction = 1};
  EXPECT_EQ(tuple_size(std::vector{text}).mean, 16);
  text.null_fraction = 0.5;
  EXPECT_NEAR(tuple_size(std::vector{text}).mean, (16 + 48) / 2.0, 1e-9);
  const KeyColumn bigint{.widths = {{8, 1.0}}, .alignment = 8};
  EXPECT_NEAR(tuple_size(std::vector{bigint, text}).mean, (24 + 56) / 2.0, 1e-9);
}

TEST(DistinctCombinations, AreNoMoreThanRowsAndNoFewerThanOfOneColumn) {
  const KeyColumn few{.widths = {{4, 1.0}}, .distinct = 10};
  const KeyColumn many{.widths = {{4, 1.0}}, .distinct = 5000};
  EXPECT_NEAR(distinct_combinations(std::vector{few, few}, 1e6), 100, 1e-6);
  EXPECT_GE(distinct_combinations(std::vector{many, few}, 5000), 5000);
  EXPECT_LE(distinct_combinations(std::vector{many, many}, 6000), 6000);
}

TEST(ArrayElements, UnderstandsQuotes) {
  EXPECT_THAT(array_elements(R"({a,"b c","d\"e,f",NULL})"), ElementsAre("a", "b c", "d\"e,f", "NULL"));
  EXPECT_THAT(array_elements("{}"), IsEmpty());
  EXPECT_THAT(array_elements("{{1,2},{3,4}}"), IsEmpty());
  EXPECT_THAT(array_elements("\\"), IsEmpty());
  EXPECT_THAT(array_elements("{a\\"), ElementsAre("a"));
}

TEST(NumericWidth, CountsGroupsOfFourDigits) {
  EXPECT_EQ(numeric_width("0"), 3);
  EXPECT_EQ(numeric_width("1"), 5);
  EXPECT_EQ(numeric_width("-9999"), 5);
  EXPECT_EQ(numeric_width("10000"), 5);  // the group of zeros is not stored
  EXPECT_EQ(numeric_width("12345"), 7);
  EXPECT_EQ(numeric_width("123.45"), 7);
  EXPECT_EQ(numeric_width("0.00001"), 5);
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
