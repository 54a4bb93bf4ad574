#include "tests/support/daemon.hpp"
#include "tests/support/shop.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <signal.h>

#include <algorithm>
#include <fstream>

namespace pgadvisor::testing {
namespace {

namespace json = boost::json;

constexpr const char* kMissing = "ON public.orders (customer_id)";

Variables watching(const std::string& dsn, const std::string& databases) {
  return {{"PGADVISOR_TARGET_DSN", dsn}, {"PGADVISOR_TARGET_INCLUDE_DATABASES", databases}};
}

std::string problems_of(const std::string& component) {
  return "pgadvisor_problems{component=\"" + component + "\"}";
}

/// The problem stands everywhere where somebody may look for it: /readyz, status, metrics and the log.
bool complains(const Daemon& daemon, const std::string& component, const std::string& text) {
  return daemon.has_problem(text) && daemon.metric("pgadvisor_ready") == 0 &&
         daemon.metric(problems_of(component)).value_or(0) >= 1 && daemon.logged(text);
}

bool is_well(const Daemon& daemon) {
  const auto status = daemon.status();
  const bool advised = status.at("report_as_of").is_string();
  return advised && daemon.ready() && daemon.metric("pgadvisor_ready") == 1 &&
         daemon.metric("pgadvisor_up") == 1;
}

TEST(Resilience, WaitsForAServerThatIsDownAtItsStart) {
  Cluster cluster;
  cluster.stop();
  const TemporaryFolder folder;
  Daemon daemon(folder, watching(cluster.dsn_text(), "postgres"));
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  EXPECT_TRUE(eventually([&] { return complains(daemon, "connection", "start the server"); }))
      << daemon.log();
  EXPECT_EQ(daemon.metric("pgadvisor_up"), 0);
  EXPECT_EQ(daemon.get("/healthz").status, 200);
  cluster.start();
  EXPECT_TRUE(eventually([&] { return is_well(daemon); })) << daemon.log();
}

TEST(Resilience, ComesBackWhenTheServerDoes) {
  Cluster cluster;
  const TemporaryFolder folder;
  Daemon daemon(folder, watching(cluster.dsn_text(), "postgres"));
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  ASSERT_TRUE(eventually([&] { return is_well(daemon); })) << daemon.log();
  cluster.crash();
  EXPECT_TRUE(eventually([&] { return complains(daemon, "connection", "start the server"); }))
      << daemon.log();
  EXPECT_EQ(daemon.metric("pgadvisor_up"), 0);
  cluster.start();
  EXPECT_TRUE(eventually([&] { return is_well(daemon); })) << daemon.log() << daemon.get("/readyz").body;
}

TEST(Resilience, StartsWorkingOnceTheExtensionIsThere) {
  auto& cluster = Cluster::shared();
  const auto database = cluster.create_database();
  const TemporaryFolder folder;
  Daemon daemon(folder, watching(cluster.dsn_text(database), database));
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  const auto fix = "CREATE EXTENSION pg_stat_statements in database " + database;
  EXPECT_TRUE(eventually([&] { return complains(daemon, "statements", fix); })) << daemon.log();
  EXPECT_EQ(daemon.metric("pgadvisor_up"), 1);
  cluster.execute("CREATE EXTENSION pg_stat_statements", database);
  EXPECT_TRUE(eventually([&] { return is_well(daemon); })) << daemon.log();
  cluster.execute("DROP EXTENSION pg_stat_statements", database);
  EXPECT_TRUE(eventually([&] { return complains(daemon, "statements", fix); })) << daemon.log();
}

TEST(Resilience, AdvisesOnceTheRoleHasItsPrivileges) {
  auto& cluster = Cluster::shared();
  const auto shop = make_shop(cluster);
  cluster.execute("CREATE ROLE watcher LOGIN");
  const TemporaryFolder folder;
  Daemon daemon(folder, watching(cluster.dsn_text("postgres", "watcher"), shop));
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  EXPECT_TRUE(eventually([&] {
    return complains(daemon, "statements", "GRANT pg_read_all_stats TO watcher");
  })) << daemon.log();
  cluster.execute("GRANT pg_monitor TO watcher");
  EXPECT_TRUE(eventually([&] { return complains(daemon, "advise", "GRANT pg_read_all_data"); }))
      << daemon.log();
  cluster.execute("GRANT pg_read_all_data TO watcher");
  EXPECT_TRUE(eventually([&] { return is_well(daemon) && daemon.recommends(kMissing); })) << daemon.log();
}

TEST(Resilience, LetsGoOfADatabaseThatIsDroppedAndTakesItUpAgain) {
  auto& cluster = Cluster::shared();
  const auto kept = cluster.create_database();
  const auto dropped = cluster.create_database();
  const TemporaryFolder folder;
  Daemon daemon(folder, watching(cluster.dsn_text(), kept + "," + dropped));
  const auto watches = [&](const std::string& database) {
    const auto list = json::serialize(daemon.status().at("databases"));
    return list.find('"' + database + '"') != std::string::npos;
  };
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  ASSERT_TRUE(eventually([&] { return is_well(daemon) && watches(kept) && watches(dropped); }))
      << daemon.log();
  cluster.execute("DROP DATABASE " + dropped + " WITH (FORCE)");
  EXPECT_TRUE(eventually([&] { return is_well(daemon) && watches(kept) && !watches(dropped); }))
      << daemon.log();
  EXPECT_TRUE(daemon.logged("database " + dropped + " is gone"));
  EXPECT_TRUE(eventually([&] {
    return daemon.get("/metrics").body.find("database=\"" + dropped + '"') == std::string::npos;
  })) << daemon.get("/metrics").body;
  cluster.execute("DROP DATABASE " + kept + " WITH (FORCE)");
  EXPECT_TRUE(eventually([&] { return complains(daemon, "databases", "target.include_databases"); }))
      << daemon.log();
  cluster.execute("CREATE DATABASE " + dropped);
  EXPECT_TRUE(eventually([&] { return is_well(daemon) && watches(dropped); })) << daemon.log();
}

TEST(Resilience, StartsItsSandboxAnewWhenThatDied) {
  auto& cluster = Cluster::shared();
  const auto shop = make_shop(cluster);
  const TemporaryFolder folder;
  Daemon daemon(folder, watching(cluster.dsn_text(), shop));
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  ASSERT_TRUE(eventually([&] { return daemon.recommends(kMissing); })) << daemon.log();
  const auto servers = entries(daemon.sandbox());
  ASSERT_EQ(servers.size(), 1U);
  pid_t server = 0;
  std::ifstream(servers.front() / "data" / "postmaster.pid") >> server;
  ASSERT_GT(server, 1);
  ASSERT_EQ(kill(server, SIGKILL), 0);
  ASSERT_TRUE(eventually([&] { return daemon.logged("a new one is started"); })) << daemon.log();
  const auto before = daemon.status().at("report_as_of").as_string();
  EXPECT_TRUE(eventually([&] {
    return is_well(daemon) && daemon.status().at("report_as_of").as_string() != before;
  })) << daemon.log();
  EXPECT_TRUE(daemon.recommends(kMissing));
}

}  // namespace
}  // namespace pgadvisor::testing
