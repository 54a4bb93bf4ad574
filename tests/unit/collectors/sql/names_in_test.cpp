#include "collectors/sql/names_in.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::sql {
namespace {

bool mentions(std::string_view text, const std::string& name) {
  return names_in(text).contains(name);
}

TEST(NamesIn, KnowsTheNameInEveryCaseAndQuoted) {
  EXPECT_TRUE(mentions("SELECT * FROM shop.ORDERS o WHERE id = $1", "orders"));
  EXPECT_TRUE(mentions("DELETE FROM \"Odd \"\"Name\"", "Odd \"Name"));
}

TEST(NamesIn, IsNotFooledByPartsLiteralsAndComments) {
  EXPECT_FALSE(mentions("SELECT * FROM orders_old", "orders"));
  EXPECT_FALSE(mentions("SELECT 'orders' -- orders", "orders"));
  EXPECT_FALSE(mentions("SELECT * FROM \"Orders\"", "orders"));
  EXPECT_FALSE(mentions("SELECT 'unterminated", "unterminated"));
}

}  // namespace
}  // namespace pgadvisor::sql
