#include "config/keys.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::config {
namespace {

TEST(NearestKey, MendsASlipOfThePen) {
  EXPECT_EQ(nearest("http.prot"), "http.port");
  EXPECT_EQ(nearest("collect.statement_interval"), "collect.statements_interval");
  EXPECT_EQ(nearest("PGADVISOR_TARGET_DNS"), "PGADVISOR_TARGET_DSN");
}

TEST(NearestKey, FindsTheSectionOfAKey) {
  EXPECT_EQ(nearest("target.min_gain"), "advise.min_gain");
}

TEST(NearestKey, IsNothingWhenNothingIsAlike) {
  EXPECT_EQ(nearest("target.entirely_different"), "");
  EXPECT_EQ(nearest("PGADVISOR_WHATEVER_ELSE"), "");
  EXPECT_EQ(nearest(std::string(100000, 'x')), "");
}

}  // namespace
}  // namespace pgadvisor::config
