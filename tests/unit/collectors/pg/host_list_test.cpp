#include "collectors/pg/host_list.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::pg {
namespace {

Dsn dsn(const std::string& text) {
  return Dsn::parse(text).value();
}

TEST(HostList, LeavesTheHostsBehindTheOneThatHung) {
  const auto rest = without_hosts_up_to(dsn("host=a,b,c port=1,2,3"), "b", "2");
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->options(), dsn("host=c port=3").options());
}

TEST(HostList, TellsEqualHostsApartByPort) {
  EXPECT_EQ(without_hosts_up_to(dsn("host=a,a,a port=1,2,3"), "a", "1")->options(),
            dsn("host=a,a port=2,3").options());
}

TEST(HostList, KeepsOnePortForAll) {
  EXPECT_EQ(without_hosts_up_to(dsn("hostaddr=10.0.0.1,10.0.0.2 port=5"), "10.0.0.1", "5")->options(),
            dsn("hostaddr=10.0.0.2 port=5").options());
}

TEST(HostList, IsEmptyBehindTheLastHost) {
  EXPECT_FALSE(without_hosts_up_to(dsn("host=a,b"), "b", "5432"));
  EXPECT_FALSE(without_hosts_up_to(dsn("host=a"), "a", "5432"));
  EXPECT_FALSE(without_hosts_up_to(dsn(""), "/tmp", "5432"));
}

}  // namespace
}  // namespace pgadvisor::pg
