#include "advisor/index_health/redundancy.hpp"

#include "tests/unit/advisor/index_health/catalog_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::index_health {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class Redundant : public ::testing::Test {
 protected:
  /// "index -> keeper" of each that another replaces.
  std::vector<std::pair<std::string, std::string>> found(Replaces how = Replaces::kFully) {
    const Catalog catalog(builder.snapshot);
    redundancy = find_redundant(catalog);
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto& [oid, redundant] : redundancy.redundant) {
      if (redundant.by_keeper.replaces == how)
        pairs.emplace_back(catalog.index(oid)->name.name, redundant.keeper->name.name);
    }
    return pairs;
  }

  CatalogBuilder builder;
  Redundancy redundancy;
};

TEST_F(Redundant, HasOneKeeperForAChainAndDropsNoneTwice) {
  auto& table = builder.table("t");
  builder.index(table, "a1", {1});
  builder.index(table, "a2", {1});
  builder.index(table, "ab", {1, 2});
  builder.index(table, "abc", {1, 2, 3});
  EXPECT_THAT(found(), UnorderedElementsAre(Pair("a1", "abc"), Pair("a2", "abc"), Pair("ab", "abc")));
  EXPECT_EQ(redundancy.keepers.size(), 1U);
}

TEST_F(Redundant, KeepsOneOfManyDuplicates) {
  auto& table = builder.table("t");
  for (const char* name : {"first", "second", "third"}) builder.index(table, name, {1});
  EXPECT_THAT(found(), UnorderedElementsAre(Pair("second", "first"), Pair("third", "first")));
}

TEST_F(Redundant, KeepsTheReplicaIdentityBesideItsTwin) {
  auto& table = builder.table("t");
  builder.index(table, "twin", {1}).is_unique = true;
  auto& identity = builder.index(table, "identity", {1});
  identity.is_unique = identity.is_replica_identity = true;
  EXPECT_THAT(found(), ElementsAre(Pair("twin", "identity")));
}

TEST_F(Redundant, SpeaksOfOneOfTwoConstraintsAndNotOfTheOneThatAForeignKeyNeeds) {
  auto& table = builder.table("t");
  for (const char* name : {"one", "two"}) {
    auto& index = builder.index(table, name, {1});
    index.is_unique = true;
    index.constraint = name;
  }
  EXPECT_THAT(found(Replaces::kReview), ElementsAre(Pair("two", "one")));
  builder.snapshot.indexes[1].foreign_key = "fkey";
  EXPECT_THAT(found(Replaces::kReview), ElementsAre(Pair("one", "two")));
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Redundant, PrefersAKeeperThatDoesAllToOneThatNearlyDoes) {
  auto& table = builder.table("t");
  builder.index(table, "a", {1}).pages = 100;
  builder.index(table, "ab", {1, 2}).pages = 200;
  builder.index(table, "ac", {1, 3}).pages = 900;
  EXPECT_THAT(found(), ElementsAre(Pair("a", "ab")));
}

TEST_F(Redundant, KeepsAnIndexWhoseOnlyFullKeeperIsItselfRedundant) {
  auto& table = builder.table("t");
  builder.index(table, "a", {1}).pages = 100;
  builder.index(table, "ab", {1, 2}).pages = 200;
  builder.index(table, "abc", {1, 2, 3}).pages = 400;
  EXPECT_THAT(found(), ElementsAre(Pair("ab", "abc")));
  EXPECT_THAT(found(Replaces::kReview), ElementsAre(Pair("a", "abc")));
}

TEST_F(Redundant, NeverPutsAKeeperUnderReview) {
  auto& table = builder.table("t");
  builder.index(table, "a", {1}).pages = 100;
  builder.index(table, "ab", {1, 2}).pages = 200;
  builder.index(table, "abc", {1, 2, 3}).pages = 900;
  EXPECT_THAT(found(), ElementsAre(Pair("a", "ab")));
  EXPECT_THAT(found(Replaces::kReview), IsEmpty());
}

TEST_F(Redundant, LeavesOutInvalidOnesOnBothSides) {
  auto& table = builder.table("t");
  builder.index(table, "a", {1}).is_valid = false;
  builder.index(table, "b", {1});
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Redundant, FindsDuplicatesOfPartitionedIndexesOnceAtTheTop) {
  auto& root = builder.partitioned("root");
  auto& leaf = builder.partition(root, "leaf");
  auto& one = builder.index(root, "one", {1});
  auto& two = builder.index(root, "two", {1});
  builder.attached(one, leaf, "leaf_one");
  builder.attached(two, leaf, "leaf_two");
  EXPECT_THAT(found(), ElementsAre(Pair("two", "one")));
}

TEST_F(Redundant, FindsAPartitionsOwnIndexBesideAnAttachedOne) {
  auto& root = builder.partitioned("root");
  auto& leaf = builder.partition(root, "leaf");
  auto& above = builder.index(root, "above", {1, 2});
  builder.attached(above, leaf, "leaf_above");
  builder.index(leaf, "own", {1});
  EXPECT_THAT(found(), ElementsAre(Pair("own", "leaf_above")));
  EXPECT_THAT(redundancy.keepers, ElementsAre(above.oid));
}

TEST_F(Redundant, DoesNotRelyOnAPartOfAnIndexThatIsToGo) {
  auto& root = builder.partitioned("root");
  auto& leaf = builder.partition(root, "leaf");
  auto& narrow = builder.index(root, "narrow", {1});
  auto& wide = builder.index(root, "wide", {1, 2});
  builder.attached(narrow, leaf, "leaf_narrow");
  auto& part = builder.attached(wide, leaf, "leaf_wide");
  part.is_valid = false;
  builder.index(leaf, "own", {1});
  EXPECT_THAT(found(), ElementsAre(Pair("narrow", "wide")));
}

TEST_F(Redundant, AddsUpTheSizesOfPartitions) {
  auto& root = builder.partitioned("root");
  auto& narrow = builder.index(root, "narrow", {1});
  auto& wide = builder.index(root, "wide", {1, 2});
  for (const char* name : {"p1", "p2"}) {
    auto& leaf = builder.partition(root, name);
    builder.attached(narrow, leaf, std::string(name) + "_narrow").pages = 100;
    builder.attached(wide, leaf, std::string(name) + "_wide").pages = 300;
  }
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_THAT(found(Replaces::kReview), ElementsAre(Pair("narrow", "wide")));
}

}  // namespace
}  // namespace pgadvisor::index_health
