#include "advisor/candidates/merges.hpp"

#include "tests/unit/advisor/candidates/definitions.hpp"

#include <gmock/gmock.h>

namespace pgadvisor::candidates {
namespace {

using model::IndexDefinition;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Merges, UniteWhatTwoIndexesOfTheSameKeysInclude) {
  EXPECT_THAT(merges({{kOrders, "btree", {{"a"}}, {"x"}, ""}, {kOrders, "btree", {{"a"}}, {"y"}, ""}}, 6, 10),
              ElementsAre(IndexDefinition{kOrders, "btree", {{"a"}}, {"x", "y"}, ""}));
}

TEST(Merges, PutAShorterIndexIntoALongerOne) {
  EXPECT_THAT(
      merges({{kOrders, "btree", {{"a"}}, {"b", "x"}, ""}, {kOrders, "btree", {{"a"}, {"b"}}, {}, ""}}, 6,
             10),
      ElementsAre(IndexDefinition{kOrders, "btree", {{"a"}, {"b"}}, {"x"}, ""}));
}

TEST(Merges, KeepApartWhatDiffersInOrderPredicateTableOrMethod) {
  const IndexDefinition one{kOrders, "btree", {{"a"}, {"b"}}, {"x"}, ""};
  auto order = one;
  order.keys = {{"b"}, {"a"}};
  auto predicate = one;
  predicate.predicate = "c IS NULL";
  auto table = one;
  table.table.name = "lines";
  const IndexDefinition gin{kOrders, "gin", {{"a"}}, {}, ""};
  for (auto& other : {&order, &predicate, &table}) {
    other->include = {"y"};
    EXPECT_THAT(merges({one, *other}, 6, 10), IsEmpty());
  }
  EXPECT_THAT(merges({one, gin}, 6, 10), IsEmpty());
}

TEST(Merges, StayNarrowAndFew) {
  std::set<IndexDefinition> definitions;
  for (const char* column : {"p", "q", "r", "s"})
    definitions.insert({kOrders, "btree", {{"a"}}, {column}, ""});
  EXPECT_THAT(merges(definitions, 1, 10), IsEmpty());
  EXPECT_EQ(merges(definitions, 2, 10).size(), 6U);
  EXPECT_EQ(merges(definitions, 2, 4).size(), 4U);
}

}  // namespace
}  // namespace pgadvisor::candidates
