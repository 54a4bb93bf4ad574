#include "advisor/candidates/serves.hpp"

#include "tests/unit/advisor/candidates/definitions.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::candidates {
namespace {

using model::IndexDefinition;
using model::IndexKey;

IndexKey key(const std::string& column, bool descending = false) {
  IndexKey result{column};
  result.descending = descending;
  result.nulls_first = descending;
  return result;
}

TEST(Serves, ItselfAndFewerKeys) {
  const auto index = btree({key("a"), key("b")});
  EXPECT_TRUE(serves(index, index));
  EXPECT_TRUE(serves(index, btree({key("a")})));
  EXPECT_FALSE(serves(btree({key("a")}), index));
  EXPECT_FALSE(serves(index, btree({key("b")})));
}

TEST(Serves, ReadBackwardsButNotHalfBackwards) {
  const auto index = btree({key("a"), key("b", true)});
  EXPECT_TRUE(serves(index, btree({key("a", true), key("b")})));
  EXPECT_FALSE(serves(index, btree({key("a"), key("b")})));
}

TEST(Serves, WhatItHoldsAsKeyOrIncludedColumn) {
  const auto index = btree({key("a"), key("b")}, {"c"});
  EXPECT_TRUE(serves(index, btree({key("a")}, {"b", "c"})));
  EXPECT_FALSE(serves(index, btree({key("a")}, {"d"})));
}

TEST(Serves, TheSamePredicateOnly) {
  EXPECT_TRUE(serves(btree({key("a")}), btree({key("a")}, {}, "b IS NULL")));
  EXPECT_FALSE(serves(btree({key("a")}, {}, "b IS NULL"), btree({key("a")})));
  EXPECT_FALSE(serves(btree({key("a")}, {}, "b IS NULL"), btree({key("a")}, {}, "b = 1")));
}

TEST(Serves, OneTableAndMethod) {
  auto other = btree({key("a")});
  other.table.name = "u";
  EXPECT_FALSE(serves(btree({key("a")}), other));
  EXPECT_FALSE(serves(btree({key("a")}), {kTable, "hash", {key("a")}, {}, ""}));
}

TEST(ExcludeEachOther, IndexesWithTheSameKeysThatIncludeDifferentColumns) {
  EXPECT_TRUE(exclude_each_other(btree({key("a")}, {"b"}), btree({key("a")}, {"c"})));
  EXPECT_FALSE(exclude_each_other(btree({key("a")}, {"b"}), btree({key("a"), key("d")}, {"c"})));
  EXPECT_FALSE(exclude_each_other(btree({key("a"), key("b")}), btree({key("b"), key("a")})));
}

TEST(ExcludeEachOther, OperatorClassesOfAMethodWithoutOrder) {
  auto jsonb_path = key("doc");
  jsonb_path.operator_class = "jsonb_path_ops";
  EXPECT_TRUE(
      exclude_each_other({kTable, "gin", {key("doc")}, {}, ""}, {kTable, "gin", {jsonb_path}, {}, ""}));
  EXPECT_FALSE(
      exclude_each_other({kTable, "gin", {key("doc")}, {}, ""}, {kTable, "gin", {key("b")}, {}, ""}));
}

}  // namespace
}  // namespace pgadvisor::candidates
