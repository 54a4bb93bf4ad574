#include "tests/support/cluster.hpp"

#include "collectors/pg/blocking_connection.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace pgadvisor::testing {
namespace {

TEST(Cluster, RunsTheMajorThatWasAskedFor) {
  EXPECT_EQ(Cluster::shared().value("SELECT current_setting('server_version_num')::int / 10000"), "15");
}

TEST(Cluster, GivesEachCallerADatabaseOfItsOwn) {
  Cluster& cluster = Cluster::shared();
  const std::string first = cluster.create_database();
  cluster.execute("CREATE TABLE t(); CREATE TABLE u()", first);
  const std::string second = cluster.create_database();
  EXPECT_EQ(cluster.value("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", first), "2");
  EXPECT_EQ(cluster.value("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", second), "0");
}

TEST(Cluster, ThrowsTheServersMessage) {
  try {
    Cluster::shared().execute("SELECT 1/0");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("division by zero"), std::string::npos) << error.what();
  }
}

TEST(Cluster, AsksForAPasswordOverTcpOnly) {
  Cluster& cluster = Cluster::shared();
  cluster.execute("CREATE ROLE clerk LOGIN PASSWORD 'right'");
  const pg::Dsn socket = cluster.dsn("postgres", "clerk");
  const pg::Dsn tcp = socket.with("host", "127.0.0.1");
  EXPECT_TRUE(pg::BlockingConnection::connect(socket, "test"));
  EXPECT_TRUE(pg::BlockingConnection::connect(tcp.with("password", "right"), "test"));
  EXPECT_FALSE(pg::BlockingConnection::connect(tcp.with("password", "wrong"), "test"));
}

TEST(Cluster, KeepsCountersOverARestartAndLosesThemInACrash) {
  Cluster cluster;
  cluster.execute("CREATE TABLE t AS SELECT 1 AS a");
  cluster.execute("SELECT * FROM t");
  const std::string scans = "SELECT coalesce(sum(seq_scan), 0) FROM pg_stat_user_tables WHERE relname = 't'";
  cluster.restart();
  EXPECT_EQ(cluster.value(scans), "1");
  cluster.crash();
  cluster.start();
  EXPECT_EQ(cluster.value(scans), "0");
}

bool server_lives(pid_t pid) {
  // A killed orphan may stay a zombie for as long as nobody above reaps it.
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string number, name, state;
  return stat >> number >> name >> state && state != "Z";
}

TEST(Cluster, DiesWithAKilledTestAndIsSweptByTheNext) {
  int channel[2];
  ASSERT_EQ(pipe(channel), 0);
  const pid_t child = fork();
  if (child == 0) {
    Cluster cluster({.preload_statements = false});
    const std::string answer =
        std::to_string(std::stoi(cluster.value("SELECT pg_read_file('postmaster.pid')"))) + " " +
        cluster.folder().string();
    if (write(channel[1], answer.data(), answer.size()) < 0) _exit(1);
    pause();
  }
  char buffer[200] = {};
  ASSERT_GT(read(channel[0], buffer, sizeof buffer - 1), 0);
  const std::string answer = buffer;
  const pid_t server = std::stoi(answer);
  const std::filesystem::path folder = answer.substr(answer.find('/'));
  ASSERT_TRUE(server_lives(server));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  for (int turn = 0; turn < 1000 && server_lives(server); ++turn) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_FALSE(server_lives(server));
  EXPECT_TRUE(std::filesystem::exists(folder));
  Cluster next({.preload_statements = false});
  EXPECT_FALSE(std::filesystem::exists(folder));
}

}  // namespace
}  // namespace pgadvisor::testing
