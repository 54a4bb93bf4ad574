#include "collectors/sql/constants_in.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ConstantsIn, LeavesOutQuotesNamesAndTypes) {
  EXPECT_THAT(constants_in("(\"15\" = 'it''s'::text) AND (b3 < 2.5) AND (c = ANY (ARRAY[E'x', 7]))"),
              ElementsAre("2.5", "7", "it''s", "x"));
}

TEST(ConstantsIn, KnowsANegativeNumberQuotedAndNot) {
  EXPECT_THAT(constants_in("a = '-1'::integer"), ElementsAre("-1"));
  EXPECT_THAT(constants_in("-1"), ElementsAre("-1"));
}

TEST(ConstantsIn, HasNoneOfWhatIsNoSql) {
  EXPECT_THAT(constants_in("'unterminated"), IsEmpty());
}

TEST(ConstantsIn, ShowsWholeConstantsOnly) {
  const auto constants = constants_in("(kind = 15) AND (status = ANY (ARRAY['new', 'sent']))");
  EXPECT_TRUE(contain(constants, "'15'"));
  EXPECT_TRUE(contain(constants, "'sent', 'new'"));
  EXPECT_FALSE(contain(constants, "1"));
  EXPECT_FALSE(contain(constants, "'ne'"));
  EXPECT_FALSE(contain(constants, "'new', 'lost'"));
  EXPECT_FALSE(contain(constants, "NULL"));
}

}  // namespace
}  // namespace pgadvisor::sql
