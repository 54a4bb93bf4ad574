#include "collectors/sql/own_statement.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::sql {
namespace {

TEST(OwnStatement, CarriesTheMarkBehindItsFirstWord) {
  EXPECT_EQ(mark_own("SELECT 1"), "SELECT /* pgadvisor */ 1");
  EXPECT_EQ(mark_own("WITH r AS (SELECT 1) SELECT 2"), "WITH /* pgadvisor */ r AS (SELECT 1) SELECT 2");
  EXPECT_EQ(mark_own("COMMIT"), "/* pgadvisor */ COMMIT");
  EXPECT_EQ(mark_own("(SELECT 1)"), "/* pgadvisor */ (SELECT 1)");
}

TEST(OwnStatement, IsRecognised) {
  EXPECT_TRUE(is_own(mark_own("SELECT $1")));
  EXPECT_FALSE(is_own("SELECT $1 FROM pgadvisor"));
}

}  // namespace
}  // namespace pgadvisor::sql
