#include "collectors/expression_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::collectors {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// As PostgreSQL 15 prints them, but for what stripped_tree() takes away.
const std::string kNotNullB =
    "{NULLTEST :arg {VAR :varno 1 :varattno 2 :vartype 25} :nulltesttype 1 :argisrow false}";
const std::string kNotNullC =
    "{NULLTEST :arg {VAR :varno 1 :varattno 3 :vartype 25} :nulltesttype 1 :argisrow false}";
const std::string kNullC =
    "{NULLTEST :arg {VAR :varno 1 :varattno 3 :vartype 25} :nulltesttype 0 :argisrow false}";
const std::string kCall = "{FUNCEXPR :funcid 870 :args ({VAR :varno 1 :varattno 2})}";

std::string both(const std::string& a, const std::string& b) {
  return "{BOOLEXPR :boolop and :args (" + a + " " + b + ")}";
}

TEST(ExpressionTree, SplitsAListIntoItsMembers) {
  EXPECT_THAT(list_members("(" + kCall + " " + kNullC + ")"), ElementsAre(kCall, kNullC));
  EXPECT_THAT(list_members(""), IsEmpty());
}

TEST(ExpressionTree, TakesBracketsWithinNamesForText) {
  const std::string named = R"({XMLEXPR :name a\)\}b :args ({VAR :varno 1})})";
  EXPECT_THAT(list_members("(" + named + " " + kCall + ")"), ElementsAre(named, kCall));
}

TEST(ExpressionTree, IsThePredicateWhateverTheOrderOfItsConditions) {
  EXPECT_EQ(normal_predicate(both(kNotNullB, kNullC)), normal_predicate(both(kNullC, kNotNullB)));
  EXPECT_NE(normal_predicate(both(kNotNullB, kNullC)), normal_predicate(both(kNotNullB, kNotNullC)));
  EXPECT_EQ(normal_predicate(""), "");
}

TEST(ExpressionTree, KnowsAPredicateThatOnlyLeavesNullsOut) {
  EXPECT_THAT(not_null_columns(kNotNullB), ElementsAre(2));
  EXPECT_THAT(not_null_columns(both(kNotNullC, kNotNullB)), ElementsAre(3, 2));
}

TEST(ExpressionTree, KnowsThatAPredicateSaysMore) {
  EXPECT_THAT(not_null_columns(kNullC), IsEmpty());
  EXPECT_THAT(not_null_columns(both(kNotNullB, kNullC)), IsEmpty());
  EXPECT_THAT(not_null_columns("{NULLTEST :arg " + kCall + " :nulltesttype 1 :argisrow false}"), IsEmpty());
  EXPECT_THAT(not_null_columns(""), IsEmpty());
}

}  // namespace
}  // namespace pgadvisor::collectors
