#include "advisor/sandbox/planner_answers.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::sandbox {
namespace {

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
