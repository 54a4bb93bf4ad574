#include "tests/support/daemon.hpp"
#include "tests/support/shop.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

namespace pgadvisor::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kSecret = "Qx7-very.secret";

/// A role that may do what the daemon needs and has to give its password over TCP.
const std::string& shop() {
  static const std::string database = [] {
    auto& cluster = Cluster::shared();
    cluster.execute("CREATE ROLE spy LOGIN PASSWORD '" + kSecret +
                    "'; GRANT pg_monitor, pg_read_all_data TO spy");
    return make_shop(cluster);
  }();
  return database;
}

struct Form {
  std::string name;
  std::string dsn;
  Variables variables = {};
};

Form form(const std::string& name, const TemporaryFolder& folder) {
  const auto port = Cluster::shared().port();
  const auto plain = fmt::format("host=127.0.0.1 port={} dbname=postgres user=spy", port);
  const auto private_file = [&](const std::string& content) {
    const auto file = folder.write(name, content);
    std::filesystem::permissions(file, std::filesystem::perms(0600));
    return file.string();
  };
  if (name == "uri") return {name, fmt::format("postgresql://spy:{}@127.0.0.1:{}/postgres", kSecret, port)};
  if (name == "key_value") return {name, fmt::format("{} password='{}'", plain, kSecret)};
  if (name == "variable") return {name, plain, {{"PGPASSWORD", kSecret}}};
  if (name == "pgpass") {
    return {
        name, plain, {{"PGPASSFILE", private_file(fmt::format("127.0.0.1:{}:*:spy:{}\n", port, kSecret))}}};
  }
  const auto service = fmt::format(
      "[watched]\nhost=127.0.0.1\nport={}\ndbname=postgres\nuser=spy\npassword={}\n", port, kSecret);
  return {name, "service=watched", {{"PGSERVICEFILE", private_file(service)}}};
}

class Password : public ::testing::TestWithParam<std::string> {};

TEST_P(Password, IsUsedAndNeverShown) {
  const TemporaryFolder folder;
  const auto given = form(GetParam(), folder);
  auto variables = given.variables;
  variables["PGADVISOR_TARGET_DSN"] = given.dsn;
  variables["PGADVISOR_TARGET_INCLUDE_DATABASES"] = shop();
  variables["PGADVISOR_LOG_LEVEL"] = "trace";
  Daemon daemon(folder, variables);
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  std::set<std::string> commands;
  ASSERT_TRUE(eventually([&] {
    for (const pid_t process : family(daemon.process().pid())) commands.insert(command_line(process));
    return daemon.recommends("ON public.orders (customer_id)");
  })) << daemon.log();
  EXPECT_GT(commands.size(), 2U);
  for (const auto& command : commands) EXPECT_THAT(command, Not(HasSubstr(kSecret)));
  for (const auto* path :
       {"/metrics", "/api/v1/status", "/api/v1/targets", "/api/v1/recommendations", "/readyz", "/"}) {
    EXPECT_THAT(daemon.get(path).body, Not(HasSubstr(kSecret))) << path;
  }
  EXPECT_EQ(daemon.stop().exit_code, 0);
  EXPECT_THAT(daemon.log(), Not(HasSubstr(kSecret)));
  ASSERT_FALSE(entries(daemon.history()).empty());
  for (const auto& file : entries(daemon.history()))
    EXPECT_THAT(read_file(file), Not(HasSubstr(kSecret))) << file;
}

INSTANTIATE_TEST_SUITE_P(EveryForm, Password,
                         ::testing::Values("uri", "key_value", "variable", "pgpass", "service"),
                         [](const auto& one) { return one.param; });

TEST(WrongPassword, IsReportedWithoutBeingShown) {
  (void)shop();
  const TemporaryFolder folder;
  Daemon daemon(folder, {{"PGADVISOR_TARGET_DSN", fmt::format("postgresql://spy:not-{}@127.0.0.1:{}/postgres",
                                                              kSecret, Cluster::shared().port())}});
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  EXPECT_TRUE(eventually([&] { return daemon.has_problem("check user and password"); })) << daemon.log();
  for (const auto* path : {"/metrics", "/api/v1/status", "/readyz"}) {
    EXPECT_THAT(daemon.get(path).body, Not(HasSubstr(kSecret))) << path;
  }
  EXPECT_THAT(daemon.log(), Not(HasSubstr(kSecret)));
}

/// ALTER ROLE ... PASSWORD stays in clear in pg_stat_statements of PostgreSQL 15.
TEST(MonitoredStatements, AreKeptWithoutTheirSecrets) {
  auto& cluster = Cluster::shared();
  const auto database = shop();
  cluster.execute("ALTER ROLE spy PASSWORD '" + kSecret + "'", database);
  cluster.execute("SELECT /* " + kSecret + " */ count(*) FROM orders WHERE note = '" + kSecret + "'",
                  database);
  const TemporaryFolder folder;
  Daemon daemon(folder, {{"PGADVISOR_TARGET_DSN", cluster.dsn_text()},
                         {"PGADVISOR_TARGET_INCLUDE_DATABASES", database}});
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  ASSERT_TRUE(eventually([&] {
    return daemon.get("/api/v1/statements").body.find("note = $") != std::string::npos;
  })) << daemon.log()
      << daemon.get("/api/v1/statements").body;
  for (const auto* path : {"/metrics", "/api/v1/statements", "/api/v1/findings", "/api/v1/recommendations"}) {
    EXPECT_THAT(daemon.get(path).body, Not(HasSubstr(kSecret))) << path;
  }
  EXPECT_EQ(daemon.stop().exit_code, 0);
  for (const auto& file : entries(daemon.history()))
    EXPECT_THAT(read_file(file), Not(HasSubstr(kSecret))) << file;
}

}  // namespace
}  // namespace pgadvisor::testing
