#include "advisor/sandbox/installation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::sandbox {
namespace {

using ::testing::HasSubstr;

TEST(ChooseInstallation, TakesTheSameMajor) {
  EXPECT_EQ(choose_installation({{14, {}, true}, {15, {}, true}, {16, {}, true}}, 150004)->major, 15);
}

TEST(ChooseInstallation, TakesTheNearestNewerOne) {
  EXPECT_EQ(choose_installation({{17, {}, true}, {16, {}, true}, {13, {}, true}}, 140000)->major, 16);
}

TEST(ChooseInstallation, PassesOverOnesWithoutModule) {
  EXPECT_EQ(choose_installation({{15, {}, false}, {16, {}, true}}, 150004)->major, 16);
}

TEST(ChooseInstallation, NamesThePackageWhenThereAreOnlyOlderOnes) {
  const auto chosen = choose_installation({{13, {}, true}, {14, {}, true}}, 160002);
  ASSERT_TRUE(chosen.has_error());
  EXPECT_EQ(chosen.error().next, model::NextStep::kGiveUp);
  EXPECT_THAT(chosen.error().message, HasSubstr("PostgreSQL 16"));
  EXPECT_THAT(chosen.error().message, HasSubstr("are 14"));
  EXPECT_EQ(chosen.error().hint, "apt-get install postgresql-16");
}

TEST(ChooseInstallation, NamesThePackageWhenThereIsNone) {
  EXPECT_EQ(choose_installation({}, 180000).error().hint, "apt-get install postgresql-18");
}

TEST(ChooseInstallation, NamesTheHeadersWhenOnlyTheModuleIsMissing) {
  EXPECT_THAT(choose_installation({{15, {}, false}}, 150000).error().hint,
              HasSubstr("postgresql-server-dev-15"));
}

TEST(ParseVersion, ReadsReleasesAndBetas) {
  EXPECT_EQ(parse_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), 150018);
  EXPECT_EQ(parse_version("postgres (PostgreSQL) 9999999999"), std::nullopt);
  EXPECT_EQ(parse_version("postgres (PostgreSQL) 18beta1"), 180000);
  EXPECT_EQ(parse_version("postgres (EnterpriseDB) 16.2.0"), 160002);
  EXPECT_EQ(parse_version("something else"), std::nullopt);
}

}  // namespace
}  // namespace pgadvisor::sandbox
