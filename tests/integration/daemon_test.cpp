#include "tests/support/daemon.hpp"
#include "tests/support/shop.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <signal.h>

#include <algorithm>

namespace pgadvisor::testing {
namespace {

namespace json = boost::json;

constexpr const char* kMissing = "ON public.orders (customer_id)";

Variables watching(const std::string& database) {
  return {{"PGADVISOR_TARGET_DSN", Cluster::shared().dsn_text()},
          {"PGADVISOR_TARGET_INCLUDE_DATABASES", database}};
}

/// Executions of the statement whose normalised text holds `text`; -1 when it is not listed.
std::int64_t calls(const Daemon& daemon, const std::string& text) {
  const auto answer = daemon.get("/api/v1/statements").json();
  if (!answer.as_object().contains("items")) return -1;
  for (const auto& item : answer.at("items").as_array()) {
    if (item.at("query").as_string().find(text) != json::string::npos) return item.at("calls").as_int64();
  }
  return -1;
}

/// Successful runs of a task of the whole server.
std::int64_t runs(const Daemon& daemon, const std::string& task) {
  const auto status = daemon.status();
  for (const auto& entry : status.at("tasks").as_array()) {
    if (entry.at("name").as_string() == task)
      return entry.at("runs").as_int64() - entry.at("failures").as_int64();
  }
  return 0;
}

/// Long enough for everything that is recorded by now to be published.
bool two_more_polls_and_advices(const Daemon& daemon) {
  const auto polls = runs(daemon, "statements");
  const auto advices = runs(daemon, "advise");
  return eventually(
      [&] { return runs(daemon, "statements") >= polls + 2 && runs(daemon, "advise") >= advices + 2; });
}

TEST(Daemon, RecommendsTheMissingIndexWithItsProofUntilItExists) {
  auto& cluster = Cluster::shared();
  const auto shop = make_shop(cluster);
  const TemporaryFolder folder;
  Daemon daemon(folder, watching(shop));
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  ASSERT_TRUE(eventually([&] { return daemon.recommends(kMissing); })) << daemon.log();
  EXPECT_TRUE(daemon.ready()) << daemon.get("/readyz").body;
  EXPECT_EQ(daemon.metric("pgadvisor_up"), 1);
  EXPECT_EQ(daemon.metric("pgadvisor_ready"), 1);

  const auto list = daemon.get("/api/v1/recommendations").json();
  const auto& item = list.at("items").at(0);
  EXPECT_EQ(item.at("database").as_string(), shop);
  EXPECT_GT(item.at("size_bytes").as_int64(), 1 << 20);
  const auto& statement = item.at("statements").at(0);
  EXPECT_LT(statement.at("cost_after").as_double(), statement.at("cost_before").as_double() / 10);
  EXPECT_EQ(statement.at("plan_before").at("Plan").at("Relation Name").as_string(), "orders");
  EXPECT_NE(json::serialize(statement.at("plan_after")).find(item.at("index_name").as_string().c_str()),
            std::string::npos);
  EXPECT_TRUE(daemon.logged(kMissing));
  EXPECT_NE(daemon.get("/").body.find("<html"), std::string::npos);

  cluster.execute("CREATE INDEX made_for_real ON orders (customer_id)", shop);
  EXPECT_TRUE(eventually([&] { return !daemon.recommends(kMissing); })) << daemon.log();
}

TEST(Daemon, ContinuesTheHistoryAfterARestart) {
  auto& cluster = Cluster::shared();
  const auto shop = make_shop(cluster, 4);
  const TemporaryFolder folder;
  {
    Daemon daemon(folder, watching(shop));
    ASSERT_TRUE(daemon.listens()) << daemon.log();
    ASSERT_TRUE(eventually([&] { return calls(daemon, "customer_id") == 4; })) << daemon.log();
    EXPECT_EQ(daemon.stop().exit_code, 0);
  }
  for (int i = 0; i < 3; ++i) cluster.execute("SELECT id, total FROM orders WHERE customer_id = 1", shop);
  Daemon daemon(folder, watching(shop));
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  EXPECT_TRUE(eventually([&] { return calls(daemon, "customer_id") == 7; })) << calls(daemon, "customer_id");
  EXPECT_TRUE(two_more_polls_and_advices(daemon)) << daemon.log();
  EXPECT_EQ(calls(daemon, "customer_id"), 7);
  cluster.execute("SELECT id, total FROM orders WHERE customer_id = 1", shop);
  EXPECT_TRUE(eventually([&] { return calls(daemon, "customer_id") == 8; })) << calls(daemon, "customer_id");
}

TEST(Daemon, KeepsItsHistoryAndSweepsItsSandboxAfterBeingKilled) {
  auto& cluster = Cluster::shared();
  const auto shop = make_shop(cluster, 4);
  const TemporaryFolder folder;
  std::vector<std::filesystem::path> left;
  {
    Daemon daemon(folder, watching(shop));
    ASSERT_TRUE(daemon.listens()) << daemon.log();
    ASSERT_TRUE(eventually([&] { return calls(daemon, "customer_id") == 4; })) << daemon.log();
    daemon.process().send(SIGKILL);
    ASSERT_EQ(daemon.process().join(kPatience), 128 + SIGKILL);
    left = entries(daemon.sandbox());
  }
  ASSERT_EQ(left.size(), 1U);
  EXPECT_TRUE(eventually([&] { return processes_of(folder.path()).empty(); }));
  cluster.execute("SELECT id, total FROM orders WHERE customer_id = 1", shop);
  Daemon daemon(folder, watching(shop));
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  EXPECT_TRUE(eventually([&] { return calls(daemon, "customer_id") == 5; })) << calls(daemon, "customer_id");
  const auto now = entries(daemon.sandbox());
  ASSERT_EQ(now.size(), 1U);
  EXPECT_NE(now.front(), left.front());
}

TEST(Daemon, StretchesItsIntervalsToStayWithinItsShare) {
  const auto shop = make_shop(Cluster::shared());
  const TemporaryFolder folder;
  constexpr double kLimit = 0.005;
  auto variables = watching(shop);
  variables["PGADVISOR_COLLECT_DUTY_CYCLE_LIMIT"] = std::to_string(kLimit);
  Daemon daemon(folder, variables);
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  json::value status;
  const auto interval = [&](std::string_view name) {
    for (const auto& task : status.at("tasks").as_array()) {
      if (task.at("name").as_string() == name) return task.at("interval_seconds").to_number<double>();
    }
    return 0.0;
  };
  const auto adjusted = [&] {
    status = daemon.status();
    return status.as_object().contains("tasks") && interval("catalog") > 0 && interval("advise") > 0 &&
           status.at("duty_cycle").to_number<double>() <= kLimit * 1.000001;
  };
  ASSERT_TRUE(eventually(adjusted, std::chrono::minutes(2))) << daemon.log();
  EXPECT_GT(status.at("duty_cycle").to_number<double>(), 0);
  EXPECT_GT(interval("relations"), 1.0);  // as configured
  EXPECT_EQ(daemon.metric("pgadvisor_duty_cycle_limit_ratio"), kLimit);
  EXPECT_GT(daemon.metric("pgadvisor_duty_cycle_ratio").value_or(0), 0);
  EXPECT_GT(status.at("database_seconds").to_number<double>(), 0);
}

/// pg_dump, which copies the schema, has a transaction of its own.
TEST(Daemon, HoldsOneConnectionAndTwoMoreForMomentsAtMost) {
  auto& cluster = Cluster::shared();
  const auto shop = make_shop(cluster);
  const TemporaryFolder folder;
  Daemon daemon(folder, watching(shop));
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  std::int64_t most = 0;
  std::int64_t in_transaction = 0;
  const auto look = [&] {
    const auto rows = cluster.query(
        "SELECT count(*), count(*) FILTER (WHERE state LIKE 'idle in transaction%' AND "
        "query LIKE '%/* pgadvisor */%') FROM pg_stat_activity WHERE "
        "application_name LIKE 'pgadvisor%' OR application_name = 'pg_dump'");
    most = std::max(most, rows.integer(0, 0));
    in_transaction += rows.integer(0, 1);
    return runs(daemon, "statements") >= 4 && daemon.recommends(kMissing);
  };
  ASSERT_TRUE(eventually(look)) << daemon.log();
  EXPECT_GE(most, 1);
  EXPECT_LE(most, 3);
  EXPECT_EQ(in_transaction, 0);
}

TEST(Daemon, KeepsCountingWhenStatisticsAreReset) {
  auto& cluster = Cluster::shared();
  const auto shop = make_shop(cluster, 4);
  const TemporaryFolder folder;
  Daemon daemon(folder, watching(shop));
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  ASSERT_TRUE(eventually([&] { return calls(daemon, "customer_id") == 4; })) << daemon.log();
  ASSERT_TRUE(two_more_polls_and_advices(daemon)) << daemon.log();
  cluster.execute("SELECT pg_stat_statements_reset()");
  cluster.execute("SELECT pg_stat_reset()", shop);
  for (int i = 0; i < 2; ++i) cluster.execute("SELECT id, total FROM orders WHERE customer_id = 2", shop);
  EXPECT_TRUE(eventually([&] { return calls(daemon, "customer_id") == 6; })) << calls(daemon, "customer_id");
  EXPECT_TRUE(two_more_polls_and_advices(daemon)) << daemon.log();
  EXPECT_EQ(calls(daemon, "customer_id"), 6);
  EXPECT_TRUE(daemon.ready()) << daemon.get("/readyz").body;
  EXPECT_TRUE(daemon.recommends(kMissing));
}

}  // namespace
}  // namespace pgadvisor::testing
