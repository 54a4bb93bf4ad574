#include "tests/support/cluster.hpp"
#include "tests/support/daemon.hpp"

#include "collectors/sql/quote.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <sstream>

namespace pgadvisor::testing {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kTable = "or\"de'rs\n$$ <script>alert(1)</script>; \\x --";
const std::string kColumn = "cust\"omer'\n$1 :id % {}";
const std::string kTableSql = sql::quote_identifier(kTable);
const std::string kColumnSql = sql::quote_identifier(kColumn);

class HostileNames : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto& cluster = Cluster::shared();
    database_ = cluster.create_database();
    cluster.execute("CREATE TABLE " + kTableSql + " (" + kColumnSql + " int, note text); INSERT INTO " +
                        kTableSql + " SELECT i % 9000, repeat('x', 100) FROM generate_series(1, 90000) i",
                    database_);
    cluster.execute("VACUUM ANALYZE " + kTableSql, database_);
    // Loading is no part of the workload.
    cluster.execute("SELECT pg_stat_statements_reset()");
    cluster.execute("SELECT pg_stat_reset()", database_);
    for (int i = 0; i < 5; ++i) cluster.execute(statement(i), database_);
  }

  static std::string statement(int value) {
    return "SELECT note FROM " + kTableSql + " WHERE " + kColumnSql + " = " + std::to_string(value);
  }
  static ProgramOutput advise(const TemporaryFolder& folder, const std::string& format) {
    const auto workload = folder.write("workload.sql", statement(7) + ";\n");
    return run_pgadvisor({"advise", "--dsn", Cluster::shared().dsn_text(database_), "--workload", workload,
                          "--format", format},
                         folder);
  }
  static std::string candidate_indexes() {
    return Cluster::shared().value("SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'", database_);
  }

  static inline std::string database_;
};

TEST_F(HostileNames, SurviveJsonAndItsDdlRunsBothWays) {
  const TemporaryFolder folder;
  const auto output = advise(folder, "json");
  ASSERT_EQ(output.exit_code, 0) << output.err;
  const auto answer = output.json();
  ASSERT_EQ(answer.at("recommendations").as_array().size(), 1U) << output.out;
  const auto& recommendation = answer.at("recommendations").at(0);
  EXPECT_EQ(recommendation.at("definition").at("table").as_string(), kTable);
  EXPECT_EQ(recommendation.at("definition").at("keys").at(0).at("column").as_string(), kColumn);
  Cluster::shared().execute(recommendation.at("ddl").as_string().c_str(), database_);
  EXPECT_EQ(candidate_indexes(), "1");
  Cluster::shared().execute(recommendation.at("rollback").as_string().c_str(), database_);
  EXPECT_EQ(candidate_indexes(), "0");
}

TEST_F(HostileNames, SurviveSqlThatPsqlRuns) {
  const TemporaryFolder folder;
  const auto output = advise(folder, "sql");
  ASSERT_EQ(output.exit_code, 0) << output.err;
  const auto psql =
      run_program({"/usr/bin/psql", "-X", "-v", "ON_ERROR_STOP=1", "-d",
                   Cluster::shared().dsn_text(database_), "-f", folder.write("advice.sql", output.out)},
                  {{"HOME", folder.path()}});
  EXPECT_EQ(psql.exit_code, 0) << psql.err << output.out;
  EXPECT_EQ(candidate_indexes(), "1");
  Cluster::shared().execute(
      "DO $do$ DECLARE i name; BEGIN FOR i IN SELECT indexname FROM pg_indexes WHERE schemaname = 'public' "
      "LOOP "
      "EXECUTE format('DROP INDEX public.%I', i); END LOOP; END $do$",
      database_);
}

TEST_F(HostileNames, StayOnOneLineOfATerminal) {
  const TemporaryFolder folder;
  const auto output = advise(folder, "text");
  ASSERT_EQ(output.exit_code, 0) << output.err;
  EXPECT_THAT(output.out, HasSubstr("<script>"));
  EXPECT_THAT(output.out, Not(HasSubstr("\n$$")));
  EXPECT_THAT(output.out, Not(HasSubstr("\n$1")));
}

TEST_F(HostileNames, SurviveTheApiMetricsAndLogOfTheDaemon) {
  const TemporaryFolder folder;
  Daemon daemon(folder, {{"PGADVISOR_TARGET_DSN", Cluster::shared().dsn_text()},
                         {"PGADVISOR_TARGET_INCLUDE_DATABASES", database_},
                         {"PGADVISOR_COLLECT_RELATIONS_INTERVAL", "1s"},
                         {"PGADVISOR_COLLECT_DUTY_CYCLE_LIMIT", "1"},
                         {"PGADVISOR_LOG_FORMAT", "json"}});
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  ASSERT_TRUE(eventually([&] { return !daemon.recommendations().empty(); })) << daemon.log();
  const auto list = daemon.get("/api/v1/recommendations");
  EXPECT_THAT(list.head, HasSubstr("application/json"));
  EXPECT_EQ(list.json().at("items").at(0).at("definition").at("table").as_string(), kTable);
  json::value hotspots;
  const auto is_hot = [&] {
    Cluster::shared().execute(statement(8), database_);  // three windows in which it is read make it known
    hotspots = daemon.get("/api/v1/hotspots").json();
    return !hotspots.at("items").as_array().empty();
  };
  ASSERT_TRUE(eventually(is_hot)) << daemon.log();
  EXPECT_EQ(hotspots.at("items").at(0).at("table").as_string(), kTable);
  // The page draws from the API; nothing of the database is in it.
  EXPECT_THAT(daemon.get("/").body, Not(HasSubstr("alert(1)")));
  EXPECT_THAT(daemon.get("/metrics").body, Not(HasSubstr("\n$$")));
  EXPECT_EQ(daemon.stop().exit_code, 0);
  std::istringstream log(daemon.log());
  for (std::string line; std::getline(log, line);) {
    json::error_code error;
    EXPECT_TRUE(json::parse(line, error).is_object()) << line;
  }
}

}  // namespace
}  // namespace pgadvisor::testing
