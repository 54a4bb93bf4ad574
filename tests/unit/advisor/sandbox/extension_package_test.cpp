#include "advisor/sandbox/extension_package.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::sandbox {
namespace {

TEST(ExtensionPackage, FollowsDebiansNames) {
  EXPECT_EQ(extension_package("pg_trgm", 15), "postgresql-15");
  EXPECT_EQ(extension_package("vector", 17), "postgresql-17-pgvector");
  EXPECT_EQ(extension_package("pg_hint_plan", 15), "postgresql-15-pg-hint-plan");
}

TEST(ExtensionPackage, NeverRepeatsAHostileName) {
  EXPECT_EQ(extension_package("x; rm -rf /", 15), "");
}

}  // namespace
}  // namespace pgadvisor::sandbox
