#include "collectors/sql/statement_text.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::sql {
namespace {

TEST(SplitFile, SplitsAtSemicolonsOutsideOfLiteralsAndBodies) {
  const auto statements = split_file(
                              "SELECT ';' AS a; -- x;y\n"
                              "SELECT $$;$$, \";\" /* ; */;;\n"
                              "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;\n"
                              "\n  SELECT 3")
                              .value();
  ASSERT_EQ(statements.size(), 4U);
  EXPECT_EQ(statements[0].text, "SELECT ';' AS a");
  EXPECT_EQ(statements[1].text, "SELECT $$;$$, \";\"");
  EXPECT_EQ(statements[2].text, "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END");
  EXPECT_EQ(statements[3].text, "SELECT 3");
  EXPECT_EQ(statements[1].line, 2U);
  EXPECT_EQ(statements[3].line, 5U);
}

TEST(SplitFile, FindsNothingInAnEmptyFile) {
  EXPECT_TRUE(split_file("").value().empty());
  EXPECT_TRUE(split_file(" ;; -- only a comment\n /* and another */").value().empty());
}

TEST(SplitFile, TakesTheWeightOfTheLineDirectlyBefore) {
  const auto statements = split_file(
                              "-- weight: 2.5\nSELECT 1;\n"
                              "-- Weight:7\r\nSELECT 2;\n"
                              "SELECT 3; -- weight: 9\nSELECT 4;\n"
                              "-- weight: 9\n\nSELECT 5;\n"
                              "-- weight: 9\n-- another comment\nSELECT 6;\n"
                              "SELECT 7 -- weight: 9\n;")
                              .value();
  ASSERT_EQ(statements.size(), 7U);
  EXPECT_EQ(statements[0].weight, 2.5);
  EXPECT_EQ(statements[1].weight, 7);
  for (std::size_t i = 2; i < statements.size(); ++i) EXPECT_EQ(statements[i].weight, 1) << i;
}

TEST(SplitFile, RefusesABadWeightNamingItsLine) {
  for (const char* weight : {"0", "-1", "abc", "", "nan", "inf", "2x"}) {
    const auto result = split_file(std::string("SELECT 1;\n-- weight: ") + weight + "\nSELECT 2;");
    ASSERT_FALSE(result) << weight;
    EXPECT_EQ(result.error().next, model::NextStep::kGiveUp);
    EXPECT_TRUE(result.error().message.starts_with("line 2:")) << result.error().message;
  }
}

TEST(SplitFile, NamesTheLineWhereTheLexerFails) {
  for (const char* content : {"SELECT 'é';\nSELECT 1;\nSELECT 'secret", "SELECT 1;\n\nSELECT /* secret"}) {
    const auto result = split_file(content);
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().message.starts_with("line 3:")) << result.error().message;
    EXPECT_EQ(to_string(result.error()).find("secret"), std::string::npos);
  }
}

TEST(SplitFile, ReadsAByteOrderMark) {
  EXPECT_EQ(split_file("\xEF\xBB\xBFSELECT 1").value().at(0).text, "SELECT 1");
}

}  // namespace
}  // namespace pgadvisor::sql
