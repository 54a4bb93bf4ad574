#include "tests/integration/clone_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace pgadvisor::sandbox {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(SandboxClone, NamesThePackageOfAnExtensionThatIsNotInstalledHere) {
  auto& cluster = testing::Cluster::shared();
  const std::string database = cluster.create_database();
  cluster.execute(
      "CREATE TABLE good (a int); CREATE EXTENSION hstore; CREATE TABLE bad (h hstore);"
      "CREATE VIEW worse AS SELECT h -> 'a' FROM bad;"
      // As if it were one this machine has no package of.
      "UPDATE pg_extension SET extname = 'pg_elsewhere' WHERE extname = 'hstore'",
      database);
  Database twin = clone(database).value();
  EXPECT_THAT(twin.left_out(),
              Contains("extension pg_elsewhere is not installed here: what depends on it is left out "
                       "(apt-get install postgresql-15-pg-elsewhere)"));
  EXPECT_THAT(twin.left_out(),
              Contains(HasSubstr("table public.bad: type \"public.hstore\" does not exist")));
  EXPECT_THAT(twin.left_out(), Contains(HasSubstr("view public.worse: ")));
  EXPECT_TRUE(twin.prepare("SELECT * FROM good").has_value());
}

TEST(SandboxClone, RestoresNoEventTriggersAndNoPolicies) {
  auto& cluster = testing::Cluster::shared();
  const std::string database = cluster.create_database();
  cluster.execute(
      "CREATE ROLE tenant; CREATE TABLE t (a int); ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
      "CREATE POLICY p ON t TO tenant USING (a > 0); CREATE PUBLICATION pub FOR TABLE t;"
      "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';"
      "CREATE EVENT TRIGGER no_ddl ON ddl_command_start EXECUTE FUNCTION no()",
      database);
  const auto twin = clone(database);
  cluster.execute("DROP EVENT TRIGGER no_ddl; DROP OWNED BY tenant; DROP ROLE tenant", database);
  ASSERT_TRUE(twin.has_value()) << to_string(twin.error());
  EXPECT_THAT(twin->left_out(), ::testing::ElementsAre(HasSubstr("1 row security policies")));
}

TEST(SandboxClone, ReplacesAnOlderTwinOfTheSameDatabase) {
  const std::string database = testing::Cluster::shared().create_database();
  Database older = clone(database).value();
  Database newer = clone(database).value();
  EXPECT_EQ(older.prepare("SELECT 1").error().next, model::NextStep::kReconnect);
  EXPECT_TRUE(newer.prepare("SELECT 1").has_value());
}

TEST(SandboxClone, TakesALocaleItHasWhenProductionsIsMissing) {
  const std::string database = testing::Cluster::shared().create_database();
  model::DatabaseSnapshot elsewhere = snapshot(database);
  elsewhere.database.collate = elsewhere.database.ctype = "tlh_KX.UTF-8";
  const auto twin = Database::clone(server(), testing::Cluster::shared().dsn(), elsewhere);
  ASSERT_TRUE(twin.has_value()) << to_string(twin.error());
  EXPECT_THAT(twin->left_out(), Contains(HasSubstr("locale tlh_KX.UTF-8")));
}

TEST(SandboxClone, NeverSaysThePasswordWhenProductionRefusesIt) {
  const std::string database = testing::Cluster::shared().create_database();
  auto& cluster = testing::Cluster::shared();
  cluster.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'");
  const auto dsn =
      cluster.dsn(database, "guarded").with("host", "127.0.0.1").with("password", "s3cr3t-wrong");
  const auto twin = Database::clone(server(), dsn, snapshot(database));
  cluster.execute("DROP ROLE guarded");
  ASSERT_TRUE(twin.has_error());
  EXPECT_EQ(twin.error().next, model::NextStep::kReconnect);
  EXPECT_THAT(to_string(twin.error()), Not(HasSubstr("s3cr3t")));
}

TEST(SandboxClone, GivesTheGrantThatIsMissing) {
  auto& cluster = testing::Cluster::shared();
  const std::string database = cluster.create_database();
  cluster.execute("CREATE ROLE plain LOGIN; CREATE TABLE hidden (a int)", database);
  const auto twin = Database::clone(server(), cluster.dsn(database, "plain"), snapshot(database));
  cluster.execute("DROP ROLE plain");
  ASSERT_TRUE(twin.has_error());
  EXPECT_EQ(twin.error().next, model::NextStep::kGiveUp);
  EXPECT_THAT(twin.error().hint, HasSubstr("GRANT pg_read_all_data"));
}

TEST(SandboxClone, LeavesOutOneBadRowOfStatisticsAlone) {
  auto& cluster = testing::Cluster::shared();
  const std::string database = cluster.create_database();
  execute_script(
      "CREATE TABLE t (a int, b int);\nINSERT INTO t SELECT i % 5, i % 7 FROM generate_series(1, 1000) "
      "i;\nANALYZE t;\n",
      database);
  model::DatabaseSnapshot broken = snapshot(database);
  for (model::ColumnStatistics& row : broken.column_statistics) {
    if (row.column == "a") row.most_common_values = "{secret}";
  }
  Database twin = Database::clone(server(), cluster.dsn(), broken).value();
  EXPECT_THAT(twin.left_out(), Contains(HasSubstr("statistics of public.t (a)")));
  EXPECT_THAT(twin.left_out(), Each(Not(HasSubstr("secret"))));
  const double expected = production_cost(database, "SELECT * FROM t WHERE b = 3");
  EXPECT_NEAR(sandbox_cost(twin, "SELECT * FROM t WHERE b = 3"), expected, 0.01);
}

}  // namespace
}  // namespace pgadvisor::sandbox
