#include "daemon/daemon_client.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::daemon {
namespace {

TEST(DaemonClient, AsksTheConfiguredDaemonUnlessToldAnother) {
  EXPECT_EQ(DaemonClient("", {"127.0.0.1", 7432}).url(), "http://127.0.0.1:7432");
  EXPECT_EQ(DaemonClient("", {"0.0.0.0", 80}).url(), "http://127.0.0.1:80");
  EXPECT_EQ(DaemonClient("", {"::1", 80}).url(), "http://[::1]:80");
  EXPECT_EQ(DaemonClient("", {"::", 80}).url(), "http://[::1]:80");
  EXPECT_EQ(DaemonClient("https://advisor.example.com/", {"::", 80}).url(), "https://advisor.example.com");
}

}  // namespace
}  // namespace pgadvisor::daemon
