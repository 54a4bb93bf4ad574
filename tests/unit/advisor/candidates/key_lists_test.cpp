#include "advisor/candidates/candidates.hpp"

#include <gmock/gmock.h>

namespace pgadvisor::candidates {
namespace {

using sandbox::Clause;
using sandbox::ClauseKind;
using sandbox::Scan;
using testing::Contains;
using testing::Each;
using testing::Not;
using testing::SizeIs;
using Keys = std::vector<model::IndexKey>;

Clause clause(ClauseKind kind, const std::string& column, double selectivity = 0.1) {
  Clause result;
  result.kind = kind;
  result.key = {column};
  result.selectivity = selectivity;
  return result;
}

TEST(KeyLists, KeepsEqualityColumnsBeforeRange) {
  Scan scan;
  scan.clauses = {clause(ClauseKind::kRange, "created_at"), clause(ClauseKind::kEquality, "status")};
  EXPECT_THAT(key_lists(scan, 3), Contains(Keys{{"status"}, {"created_at"}}));
}

TEST(KeyLists, PutsTheMostSelectiveEqualityFirst) {
  Scan scan;
  scan.clauses = {clause(ClauseKind::kEquality, "status", 0.3),
                  clause(ClauseKind::kEquality, "customer_id", 0.001)};
  EXPECT_EQ(key_lists(scan, 3).front(), (Keys{{"customer_id"}, {"status"}}));
}

TEST(KeyLists, PutsInListsBehindEqualitiesBecauseTheyBreakTheOrder) {
  Scan scan;
  scan.clauses = {clause(ClauseKind::kInList, "status", 0.0001),
                  clause(ClauseKind::kEquality, "tenant", 0.3)};
  EXPECT_EQ(key_lists(scan, 3).front(), (Keys{{"tenant"}, {"status"}}));
}

TEST(KeyLists, AppendsSortColumnsToEqualities) {
  Scan scan;
  scan.clauses = {clause(ClauseKind::kEquality, "customer_id")};
  scan.order = {{{"created_at"}, true, true}};
  EXPECT_THAT(key_lists(scan, 3), Contains(Keys{{"customer_id"}, {"created_at"}}));
}

TEST(KeyLists, KeepsMixedSortDirections) {
  Scan scan;
  scan.order = {{{"a"}, true, true}, {{"b"}, false, false}};
  model::IndexKey b{"b"};
  b.descending = true;
  b.nulls_first = true;
  EXPECT_THAT(key_lists(scan, 3), Contains(Keys{{"a"}, b}));
}

TEST(KeyLists, OffersTheJoinColumnAloneAndBehindEqualities) {
  Scan scan;
  scan.clauses = {clause(ClauseKind::kEquality, "status")};
  scan.joins = {{{"order_id"}, false}};
  const auto lists = key_lists(scan, 3);
  EXPECT_THAT(lists, Contains(Keys{{"order_id"}}));
  EXPECT_THAT(lists, Contains(Keys{{"status"}, {"order_id"}}));
}

TEST(KeyLists, TreatsAJoinColumnWithAConstantAsAnEquality) {
  Scan scan;
  scan.joins = {{{"order_id"}, true}};
  scan.clauses = {clause(ClauseKind::kRange, "price")};
  EXPECT_THAT(key_lists(scan, 3), Contains(Keys{{"order_id"}, {"price"}}));
}

TEST(KeyLists, StopsAtTheWidestAllowed) {
  Scan scan;
  for (const auto* column : {"a", "b", "c", "d"})
    scan.clauses.push_back(clause(ClauseKind::kEquality, column));
  EXPECT_THAT(key_lists(scan, 2), Each(SizeIs(testing::Le(2U))));
}

TEST(KeyLists, OffersNothingForFiltersThatNoBtreeCanUse) {
  Scan scan;
  Clause like;
  like.text = "name ~~ '%x%'";
  scan.clauses = {like};
  EXPECT_THAT(key_lists(scan, 3), testing::IsEmpty());
}

TEST(KeyLists, NamesEachListOnce) {
  Scan scan;
  scan.clauses = {clause(ClauseKind::kEquality, "a"), clause(ClauseKind::kEquality, "a")};
  EXPECT_THAT(key_lists(scan, 3), SizeIs(1));
}

}  // namespace
}  // namespace pgadvisor::candidates
