#include "advisor/index_health/replacement.hpp"

#include "tests/unit/advisor/index_health/catalog_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::index_health {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Two indexes of one table: `kept` stays, `dropped` may go.
class Replacing : public ::testing::Test {
 protected:
  Replacing() : table(builder.table("t")) {}

  model::Index& on(std::vector<std::int16_t> columns, std::size_t keys = 0) {
    return builder.index(table, "i" + std::to_string(builder.snapshot.indexes.size()), std::move(columns),
                         keys);
  }
  static Replacement by(const model::Index& kept, const model::Index& dropped) {
    return replacement({&kept, kept.pages}, {&dropped, dropped.pages});
  }
  static Replaces how(const model::Index& kept, const model::Index& dropped) {
    return by(kept, dropped).replaces;
  }

  CatalogBuilder builder;
  const model::Table& table;
};

TEST_F(Replacing, TakesTheFirstKeysOfABtreeForTheWholeOfAShorterOne) {
  EXPECT_EQ(how(on({1, 2}), on({1})), Replaces::kFully);
  EXPECT_EQ(how(on({1}), on({1, 2})), Replaces::kNo);
  EXPECT_EQ(how(on({2, 1}), on({1})), Replaces::kNo);
}

TEST_F(Replacing, TellsADuplicateFromAnIndexThatDoesMore) {
  EXPECT_TRUE(by(on({1, 2}), on({1, 2})).same_definition);
  EXPECT_FALSE(by(on({1, 2}), on({1})).same_definition);
}

TEST_F(Replacing, ComparesColumnsByNumberSoThat1IsNoPrefixOf12) {
  EXPECT_EQ(how(on({12, 3}), on({1})), Replaces::kNo);
}

TEST_F(Replacing, NeedsTheSameTable) {
  const auto& other = builder.index(builder.table("other"), "elsewhere", {1});
  EXPECT_EQ(how(other, on({1})), Replaces::kNo);
}

TEST_F(Replacing, NeedsAKeeperThatIsValid) {
  auto& kept = on({1});
  kept.is_valid = false;
  EXPECT_EQ(how(kept, on({1})), Replaces::kNo);
  kept.is_valid = true;
  kept.is_live = false;
  EXPECT_EQ(how(kept, on({1})), Replaces::kNo);
}

TEST_F(Replacing, NeedsTheSameMethod) {
  auto& hash = on({1});
  hash.method = "hash";
  EXPECT_EQ(how(hash, on({1})), Replaces::kNo);
  EXPECT_EQ(how(on({1}), hash), Replaces::kNo);
}

TEST_F(Replacing, NeedsTheSameOperatorClassAndItsParameters) {
  auto& pattern = on({1});
  pattern.operator_classes = {kPatternClass};
  EXPECT_EQ(how(pattern, on({1})), Replaces::kNo);
  auto& long_signature = on({1});
  long_signature.key_options = {"siglen=32"};
  EXPECT_EQ(how(long_signature, on({1})), Replaces::kNo);
}

TEST_F(Replacing, NeedsTheSameCollation) {
  auto& kept = on({1});
  kept.collations = {kOtherCollation};
  auto& dropped = on({1});
  dropped.collations = {kDefaultCollation};
  EXPECT_EQ(how(kept, dropped), Replaces::kNo);
}

TEST_F(Replacing, NeedsTheSameExpressionsAtTheSamePlaces) {
  auto& kept = on({0, 2});
  kept.expressions = {"lower(a)"};
  auto& dropped = on({0});
  dropped.expressions = {"upper(b)"};
  EXPECT_EQ(how(kept, dropped), Replaces::kNo);
  dropped.expressions = {"lower(a)"};
  EXPECT_EQ(how(kept, dropped), Replaces::kFully);
}

TEST_F(Replacing, TakesExpressionsThatAreNotKnownForDifferent) {
  EXPECT_EQ(how(on({0}), on({0})), Replaces::kNo);
}

TEST_F(Replacing, ReadsAnIndexBackwardsWhenAllDirectionsAreInverted) {
  const auto with = [&](std::vector<std::int16_t> columns,
                        std::vector<std::int16_t> options) -> model::Index& {
    auto& index = on(std::move(columns));
    index.options = std::move(options);
    return index;
  };
  EXPECT_EQ(how(on({1}), with({1}, {3})), Replaces::kFully);
  EXPECT_EQ(how(on({1, 2}), with({1, 2}, {3, 3})), Replaces::kFully);
  EXPECT_EQ(how(on({1, 2}), with({1, 2}, {0, 3})), Replaces::kNo);
  EXPECT_EQ(how(with({1, 2}, {0, 3}), with({1, 2}, {3, 0})), Replaces::kFully);
  EXPECT_EQ(how(with({1, 2}, {0, 3}), on({1})), Replaces::kFully);
  EXPECT_EQ(how(on({1}), with({1}, {1})), Replaces::kNo) << "DESC NULLS LAST";
  EXPECT_EQ(how(on({1}), with({1}, {2})), Replaces::kNo) << "NULLS FIRST";
}

TEST_F(Replacing, FindsKeysOfGinAndBrinAnywhereAndOfOthersExactly) {
  const auto with = [&](const char* method, std::vector<std::int16_t> columns) -> model::Index& {
    auto& index = on(std::move(columns));
    index.method = method;
    return index;
  };
  for (const char* method : {"gin", "brin"}) {
    EXPECT_EQ(how(with(method, {1, 2}), with(method, {2})), Replaces::kFully) << method;
    EXPECT_EQ(how(with(method, {2}), with(method, {1, 2})), Replaces::kNo) << method;
  }
  for (const char* method : {"hash", "gist", "spgist", "somebody's own"}) {
    EXPECT_EQ(how(with(method, {1}), with(method, {1})), Replaces::kFully) << method;
    EXPECT_EQ(how(with(method, {1, 2}), with(method, {1})), Replaces::kNo) << method;
  }
}

TEST_F(Replacing, LetsIncludedColumnsBeAnywhereInTheKeeper) {
  EXPECT_EQ(how(on({1, 2}), on({1, 2}, 1)), Replaces::kFully);
  EXPECT_EQ(how(on({1, 3, 2}, 1), on({1, 2}, 1)), Replaces::kFully);
  EXPECT_EQ(how(on({1, 2}, 1), on({1, 2})), Replaces::kNo) << "(a, b) beside (a) INCLUDE (b)";
}

TEST_F(Replacing, AsksForALookWhereIncludedColumnsWouldBeLost) {
  const auto lost = by(on({1, 2}), on({1, 3}, 1));
  EXPECT_EQ(lost.replaces, Replaces::kReview);
  EXPECT_THAT(lost.reasons, ElementsAre(HasSubstr("index-only scans")));
}

TEST_F(Replacing, NeedsTheSamePredicate) {
  const auto where = [&](const char* predicate) -> model::Index& {
    auto& index = on({1});
    index.is_partial = true;
    index.predicate = predicate;
    return index;
  };
  EXPECT_TRUE(by(where("p"), where("p")).same_definition);
  EXPECT_EQ(how(where("p"), where("q")), Replaces::kNo);
  EXPECT_EQ(how(where("p"), on({1})), Replaces::kNo);
  EXPECT_EQ(how(on({1}), where("p")), Replaces::kReview);
  EXPECT_EQ(how(where(""), where("")), Replaces::kNo) << "predicates that are not known";
}

TEST_F(Replacing, KeepsUniquenessThatTheOtherDoesNotEnforce) {
  const auto unique = [&](std::vector<std::int16_t> columns) -> model::Index& {
    auto& index = on(std::move(columns));
    index.is_unique = true;
    return index;
  };
  EXPECT_EQ(how(on({1, 2}), unique({1})), Replaces::kNo);
  EXPECT_EQ(how(on({1}), unique({1})), Replaces::kNo);
  EXPECT_EQ(how(unique({1, 2}), unique({1})), Replaces::kNo);
  EXPECT_EQ(how(unique({1}), unique({1})), Replaces::kFully);
  EXPECT_EQ(how(unique({1}), on({1})), Replaces::kFully);
  EXPECT_FALSE(by(unique({1}), on({1})).same_definition);
  auto& deferred = unique({1});
  deferred.is_immediate = false;
  EXPECT_EQ(how(deferred, unique({1})), Replaces::kNo);
  auto& partial = unique({1});
  partial.is_partial = true;
  partial.predicate = "p";
  EXPECT_EQ(how(unique({1}), partial), Replaces::kNo) << "it enforces less, but another thing";
}

TEST_F(Replacing, AsksForALookWhereTheKeeperLetsFewerNullsIn) {
  auto& strict = on({1});
  strict.is_unique = strict.nulls_not_distinct = true;
  auto& plain = on({1});
  plain.is_unique = true;
  EXPECT_EQ(how(strict, plain), Replaces::kReview);
  EXPECT_EQ(how(plain, strict), Replaces::kNo);
}

TEST_F(Replacing, DropsNothingThatSomethingRestsOn) {
  const auto expect_stays = [&](auto change) {
    auto& index = on({1});
    change(index);
    EXPECT_EQ(how(on({1}), index), Replaces::kNo);
  };
  expect_stays([](auto& index) { index.is_primary = true; });
  expect_stays([](auto& index) { index.is_exclusion = true; });
  expect_stays([](auto& index) { index.foreign_key = "orders_customer_fkey"; });
  expect_stays([](auto& index) { index.is_replica_identity = true; });
  expect_stays([](auto& index) { index.is_clustered = true; });
  expect_stays([](auto& index) { index.in_extension = true; });
}

TEST_F(Replacing, AsksForALookBeforeAConstraintGoes) {
  auto& constraint = on({1});
  constraint.is_unique = true;
  constraint.constraint = "t_a_key";
  auto& kept = on({1});
  kept.is_unique = true;
  const auto found = by(kept, constraint);
  EXPECT_EQ(found.replaces, Replaces::kReview);
  EXPECT_THAT(found.reasons, ElementsAre(HasSubstr("DROP CONSTRAINT t_a_key")));
}

TEST_F(Replacing, NotesOtherStorageParametersOfADuplicate) {
  auto& loose = on({1});
  loose.storage = "fillfactor=70";
  const auto found = by(on({1}), loose);
  EXPECT_EQ(found.replaces, Replaces::kFully);
  EXPECT_TRUE(found.same_definition);
  EXPECT_THAT(found.reasons, ElementsAre(HasSubstr("fillfactor=70")));
  EXPECT_THAT(by(on({1}), on({1})).reasons, IsEmpty());
  auto& elsewhere = on({1});
  elsewhere.tablespace = "fast";
  EXPECT_THAT(by(on({1}), elsewhere).reasons, ElementsAre(HasSubstr("fast")));
}

TEST_F(Replacing, AsksForALookWhereBrinRangesDiffer) {
  auto& fine = on({1});
  fine.method = "brin";
  fine.storage = "pages_per_range=8";
  auto& coarse = on({1});
  coarse.method = "brin";
  EXPECT_EQ(how(coarse, fine), Replaces::kReview);
}

TEST_F(Replacing, AsksForALookWhereTheKeeperIsMuchLarger) {
  auto& small = on({1});
  auto& large = on({1, 2});
  small.pages = 400;
  large.pages = 1000;
  EXPECT_EQ(how(large, small), Replaces::kFully);
  large.pages = 1001;
  const auto found = by(large, small);
  EXPECT_EQ(found.replaces, Replaces::kReview);
  EXPECT_THAT(found.reasons, ElementsAre(HasSubstr("1001 pages against 400")));
}

TEST_F(Replacing, KeepsWhatMoreRestsOnThenTheWiderTheSmallerTheOlder) {
  std::vector<model::Index*> in_order;
  const auto add = [&](auto change) {
    auto& index = on({1});
    change(index);
    in_order.push_back(&index);
  };
  add([](auto& index) { index.constraint = "key", index.is_unique = true; });
  add([](auto& index) { index.foreign_key = "fkey", index.is_unique = true; });
  add([](auto& index) { index.is_replica_identity = true; });
  add([](auto& index) { index.is_clustered = true; });
  add([](auto& index) { index.is_unique = true; });
  add([](auto& index) { index.columns = {1, 2}; });
  add([](auto& index) { index.pages = 500; });
  add([](auto&) {});
  add([](auto&) {});
  for (std::size_t i = 0; i + 1 < in_order.size(); ++i) {
    const SizedIndex better{in_order[i], in_order[i]->pages};
    const SizedIndex worse{in_order[i + 1], in_order[i + 1]->pages};
    EXPECT_TRUE(stays_before(better, worse)) << i;
    EXPECT_FALSE(stays_before(worse, better)) << i;
  }
}

}  // namespace
}  // namespace pgadvisor::index_health
