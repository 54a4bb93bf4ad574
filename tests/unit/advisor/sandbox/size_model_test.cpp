#include "advisor/sandbox/size_model.hpp"

#include "advisor/sandbox/btree_groups.hpp"
#include "advisor/sandbox/btree_size.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace pgadvisor::sandbox {
namespace {

constexpr double kRows = 200000;

KeyColumn fixed(int length, double distinct, double nulls = 0) {
  return {.length = length, .alignment = length, .nulls = nulls, .classes = {{1 - nulls, distinct, length}}};
}

KeyColumn text(int width, double distinct) {
  return {.classes = {{1, distinct, width}}};
}

KeyFacts btree(std::initializer_list<KeyColumn> columns, bool deduplicates = true) {
  return {.method = "btree", .keys = columns.size(), .deduplicates = deduplicates, .columns = columns};
}

std::int64_t pages(const KeyFacts& facts, double selectivity = 1) {
  return estimate_size(facts, kRows, 1000, selectivity).pages;
}

// 551, 171 and 774 pages are what PostgreSQL 15 built for 200,000 rows.
TEST(BtreeSize, OfAUniqueBigint) {
  const IndexSize size = estimate_size(btree({fixed(8, kRows)}), kRows, 1000, 1);
  EXPECT_EQ(size.pages, 551);
  EXPECT_EQ(size.tree_height, 2);
  EXPECT_EQ(size.tuples, kRows);
}

TEST(BtreeSize, SharesPostingListsAmongEqualKeys) {
  EXPECT_EQ(pages(btree({fixed(1, 2)})), 171);
}

TEST(BtreeSize, HasATupleForEachRowWithoutDeduplication) {
  EXPECT_EQ(pages(btree({text(11, 25)}, false)), 774);
}

TEST(BtreeSize, OfAnEmptyTableIsTheMetapageAndARoot) {
  const IndexSize size = estimate_size(btree({fixed(8, 1)}), 0, 0, 1);
  EXPECT_EQ(size.pages, 2);
  EXPECT_EQ(size.tree_height, 0);
}

TEST(BtreeSize, GrowsWithItsRowsBeyondTheSampleOfPages) {
  const auto size = estimate_size(btree({fixed(8, 2e6)}), 2e6, 10000, 1);
  EXPECT_NEAR(static_cast<double>(size.pages), 5487, 1);  // what PostgreSQL 15 built
}

TEST(BtreeSize, TellsPagesOfEqualKeysApartByWhatTheseTake) {
  // 150,000 rows, an eighth of them with texts of their own, the others NULL: PostgreSQL 15 built 185 pages.
  const KeyColumn mostly_null{.nulls = 0.875, .classes = {{0.125, 18750, 12}}};
  const auto size = estimate_size(btree({mostly_null}), 150000, 2000, 1);
  EXPECT_NEAR(static_cast<double>(size.pages), 185, 3);
  EXPECT_EQ(size.tree_height, 1);
}

TEST(BtreeSize, IsThatOfThePredicatesRows) {
  const IndexSize half = estimate_size(btree({fixed(8, kRows)}), kRows, 1000, 0.5);
  EXPECT_EQ(half.tuples, kRows / 2);
  EXPECT_NEAR(static_cast<double>(half.pages), 276, 1);
}

TEST(BtreeSize, CountsNullsAsOneKeyWithoutData) {
  EXPECT_LT(pages(btree({fixed(8, 1000, 0.9)})), 175);
}

TEST(BtreeHeight, GrowsWithEachFullLevel) {
  EXPECT_EQ(estimate_height(1, 16), 0);
  EXPECT_EQ(estimate_height(2, 16), 0);
  EXPECT_EQ(estimate_height(4, 16), 1);
  EXPECT_EQ(estimate_height(551, 16), 2);
  EXPECT_EQ(estimate_height(27424, 16), 2);   // 366 tuples a leaf: 10 million bigints
  EXPECT_EQ(estimate_height(274194, 16), 3);  // 100 million of them
}

int bytes(std::initializer_list<KeyColumn> columns) {
  const std::vector<KeyColumn> all(columns);
  return key_groups(all, all.size(), 1000, {}).front().bytes;
}

TEST(KeyGroups, AlignValuesAsIndexTuplesDo) {
  EXPECT_EQ(bytes({fixed(1, 2)}), 16);
  EXPECT_EQ(bytes({fixed(1, 2), fixed(8, 10)}), 24);
  EXPECT_EQ(bytes({text(20, 10), fixed(1, 2)}), 32);
  EXPECT_EQ(bytes({text(20, 10), fixed(8, 10)}), 40);
  EXPECT_EQ(bytes({text(130, 10)}), 144);
}

TEST(KeyGroups, GiveTuplesWithNullsABitmapAndNoData) {
  EXPECT_EQ(bytes({fixed(8, 1, 1)}), 16);
  EXPECT_EQ(bytes({fixed(8, 1, 1), fixed(8, 10)}), 24);
}

double combinations(std::initializer_list<KeyColumn> columns, double rows,
                    std::vector<KnownCombinations> known = {}) {
  const std::vector<KeyColumn> all(columns);
  return total_groups(key_groups(all, all.size(), rows, known));
}

TEST(KeyGroups, OfSeveralColumnsAreThoseThatRowsHit) {
  EXPECT_NEAR(combinations({fixed(4, 10), fixed(4, 10)}, 1e6), 100, 1e-6);
  EXPECT_NEAR(combinations({fixed(4, 5000), fixed(4, 5000)}, 6000), 6000, 10);
}

TEST(KeyGroups, AreAsManyAsIsKnown) {
  const KnownCombinations few{.columns = {0, 1}, .most = 60, .exact = true};
  EXPECT_NEAR(combinations({fixed(4, 50), fixed(4, 60)}, 1e5, {few}), 60, 1e-6);
  EXPECT_NEAR(combinations({fixed(4, 50), fixed(4, 60), fixed(1, 2)}, 1e5, {few}), 120, 1e-6);
  const KnownCombinations unique{.columns = {0}, .most = 1e5, .exact = true};
  EXPECT_NEAR(combinations({fixed(4, 9e4), fixed(4, 60)}, 1e5, {unique}), 1e5, 1);
}

TEST(KeyGroups, AreFewWhereBothColumnsFollowTheRows) {
  KeyColumn day = fixed(4, 1000);
  KeyColumn month = fixed(4, 33);
  EXPECT_NEAR(combinations({day, month}, 1e6), 33000, 1);
  day.order = month.order = 1;
  EXPECT_NEAR(combinations({day, month}, 1e6), 1033, 1);
}

TEST(WithinPredicate, KeepsTheValuesThatSomeRowStillHas) {
  EXPECT_NEAR(within_predicate(fixed(8, kRows), kRows, 0.25).distinct(), kRows / 4, 1);
  EXPECT_NEAR(within_predicate(fixed(8, 10), kRows, 0.25).distinct(), 10, 1e-6);
}

TEST(WithinPredicate, TakesOneValueWhereNoneKnownSatisfiesIt) {
  KeyColumn rare = fixed(8, 1000);
  rare.passed = 0;
  EXPECT_NEAR(within_predicate(rare, kRows, 0.001).distinct(), 1, 1e-6);
}

TEST(OtherSizes, HaveNoHeight) {
  KeyFacts facts{.method = "hash", .keys = 1, .columns = {fixed(8, kRows)}};
  EXPECT_EQ(estimate_size(facts, kRows, 1000, 1).pages, 822);  // what PostgreSQL 15 built
  EXPECT_EQ(estimate_size(facts, kRows, 1000, 1).tree_height, -1);
}

TEST(BrinSize, HasAMetapageARangeMapAndATupleForEachRange) {
  KeyFacts facts{.method = "brin", .keys = 1, .summary = 24, .columns = {fixed(8, kRows)}};
  EXPECT_EQ(estimate_size(facts, kRows, 1000, 1).pages, 3);
  facts.summary = 4496;  // a Bloom filter
  EXPECT_EQ(estimate_size(facts, kRows, 1000, 1).pages, 2 + 8);
  facts.range = 32;
  EXPECT_EQ(estimate_size(facts, kRows, 1000, 1).pages, 2 + 32);
}

TEST(GinSize, KeepsShortListsWithTheirKeysAndLongOnesInTrees) {
  const auto contents = [](double values) {
    const KeyFacts facts{.method = "gin", .keys = 1, .columns = {fixed(4, values)}};
    return estimate_size(facts, kRows, 4000, 1).gin.value();
  };
  EXPECT_EQ(contents(1000).data_pages, 0);
  EXPECT_EQ(contents(1000).entries, 1000);
  EXPECT_GE(contents(10).data_pages, 10);
  EXPECT_EQ(contents(10).entry_pages, 1);
}

TEST(ParseKeyFacts, RefusesWhatIsNoAnswer) {
  EXPECT_FALSE(parse_key_facts("[]"));
  EXPECT_FALSE(parse_key_facts("{"));
}

}  // namespace
}  // namespace pgadvisor::sandbox
