#include "advisor/sandbox/planner_answers.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::sandbox {
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

TEST(ParseScans, DropsAScanThatWasPlannedTwiceAlike) {
  const std::string scan =
      R"({"schema":"s","table":"t","rows":1,"tuples":10,"clauses":[],"joins":[],"join_clauses":[],)"
      R"("order":[],"orders":[],"distances":[],"limit":-1,"fraction":0,)"
      R"("columns":["b","a"],"output":["b","a"],"whole_row":false,"locked":false,"written":false})";
  const auto parsed = parse_scans("{\"scans\":[" + scan + "," + scan + "],\"writes\":[]}");
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->scans.size(), 1U);
  EXPECT_EQ(parsed->scans[0].columns, (std::vector<std::string>{"a", "b"}));
}

TEST(ParseCosts, SkipsWhatIsNoJson) {
  const auto parsed = parse_costs("[{");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().next, model::NextStep::kSkip);
}

}  // namespace
}  // namespace pgadvisor::sandbox
