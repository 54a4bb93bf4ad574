#include "collectors/sql/parentheses.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::sql {
namespace {

TEST(StripParentheses, TakesAwayOnlyWhatEnclosesAll) {
  EXPECT_EQ(strip_parentheses("((a + b))"), "a + b");
  EXPECT_EQ(strip_parentheses("(a) + (b)"), "(a) + (b)");
  EXPECT_EQ(strip_parentheses("lower(a)"), "lower(a)");
  EXPECT_EQ(strip_parentheses("()"), "()");
  EXPECT_EQ(strip_parentheses(""), "");
}

TEST(StripParentheses, IsNotFooledByQuotedParentheses) {
  EXPECT_EQ(strip_parentheses("(a = ')('::text)"), "a = ')('::text");
  EXPECT_EQ(strip_parentheses("(\")\" = 'it''s)')"), "\")\" = 'it''s)'");
  EXPECT_EQ(strip_parentheses("(a = '(') OR (b = ')')"), "(a = '(') OR (b = ')')");
}

}  // namespace
}  // namespace pgadvisor::sql
