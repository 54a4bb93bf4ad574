#include "collectors/database_collector.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::collectors {
namespace {

TEST(DatabaseFilter, LetsEverythingThroughWhenEmpty) {
  EXPECT_TRUE(matches({}, "shop"));
}

TEST(DatabaseFilter, MatchesWholeNamesByShellPattern) {
  EXPECT_TRUE(matches({{"shop_*"}, {}}, "shop_eu"));
  EXPECT_TRUE(matches({{"shop_?u"}, {}}, "shop_eu"));
  EXPECT_FALSE(matches({{"shop"}, {}}, "shop_eu"));
  EXPECT_FALSE(matches({{"SHOP_*"}, {}}, "shop_eu"));
}

TEST(DatabaseFilter, LetsExcludeWin) {
  EXPECT_FALSE(matches({{"shop_*"}, {"*_eu"}}, "shop_eu"));
  EXPECT_FALSE(matches({{}, {"postgres"}}, "postgres"));
}

}  // namespace
}  // namespace pgadvisor::collectors
