#include "advisor/sandbox/schema_copy.hpp"
#include "advisor/sandbox/twin.hpp"
#include "tests/integration/clone_support.hpp"
#include "tests/support/daemon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <sstream>
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

/// What depends on what across kinds, schemas and tables, so that no order of parts is right for all of it.
constexpr const char* kEntangled = R"(
CREATE SCHEMA "Odd ""*. schema";
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE SEQUENCE alone;
CREATE TABLE parent (id int PRIMARY KEY DEFAULT nextval('alone'), m mood, owned serial, UNIQUE (owned));
CREATE FUNCTION of_parent(p parent) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION counted() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM parent; END;
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE "Odd ""*. schema"."ta.ble $1" (a positive, "b""" int REFERENCES parent, p parent,
  c int GENERATED ALWAYS AS (1 + abs("b""")) STORED, d bigint DEFAULT counted(), CHECK (of_parent(p) > 0));
CREATE INDEX ON "Odd ""*. schema"."ta.ble $1" (a, "b""") INCLUDE (c);
CREATE TABLE tree (a int, b int) PARTITION BY RANGE (a);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE other (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, EXCLUDE USING gist (int4range(id, id + 1) WITH &&));
CREATE TABLE tree_1 PARTITION OF tree FOR VALUES FROM (0) TO (10) PARTITION BY LIST (b);
CREATE TABLE tree_1_2 PARTITION OF tree_1 FOR VALUES IN (2);
CREATE INDEX tree_b ON tree (b);
ALTER TABLE tree ADD FOREIGN KEY (b) REFERENCES other;
ALTER TABLE other ADD FOREIGN KEY (id) REFERENCES parent DEFERRABLE;
CREATE VIEW grouped AS SELECT id, m FROM parent GROUP BY id;
CREATE MATERIALIZED VIEW above AS SELECT g.id, t.a FROM grouped g JOIN tree t ON t.b = g.id;
CREATE INDEX ON above (id);
CREATE VIEW top AS SELECT of_parent(p) FROM parent p, above;
CREATE RULE rewritten AS ON DELETE TO other DO INSTEAD UPDATE parent SET m = 'sad' WHERE id = old.id;
CREATE STATISTICS parent_pairs ON id, owned FROM parent;
)";

/// The twin's schema, line by line, in no order.
std::vector<std::string> lines_of_twin(const std::string& database) {
  testing::Variables variables;
  for (const auto& [name, value] : server().dsn(database).environment()) variables[name] = value;
  const auto dump =
      testing::run_program({(server().binaries() / "pg_dump").string(), "--schema-only"}, variables);
  EXPECT_EQ(dump.exit_code, 0) << dump.err;
  std::vector<std::string> lines;
  std::istringstream text(dump.out);
  for (std::string line; std::getline(text, line);) {
    // A random word guards each dump (restrict).
    if (!line.empty() && !line.starts_with("--") && line.find("restrict ") == std::string::npos)
      lines.push_back(line);
  }
  std::ranges::sort(lines);
  return lines;
}

TEST(SandboxClone, OfALargeSchemaIsDumpedInPartsAndTheSame) {
  const std::string database = make_database(kEntangled);
  auto& cluster = testing::Cluster::shared();
  const auto properties = snapshot(database).database;
  const auto copy = [&](std::size_t most) {
    EXPECT_TRUE(create_twin(server(), properties));
    const auto notes = copy_schema(server(), cluster.dsn(database), database, 1000, {.relations = most});
    EXPECT_TRUE(notes.has_value()) << to_string(notes.error());
    EXPECT_THAT(*notes, ::testing::IsEmpty());
    return lines_of_twin(database);
  };
  const auto whole = copy(1000);
  EXPECT_GT(whole.size(), 100U);
  for (const std::size_t most : {1, 8}) {
    const auto parts = copy(most);
    std::vector<std::string> differences;
    std::ranges::set_symmetric_difference(parts, whole, std::back_inserter(differences));
    EXPECT_THAT(differences, ::testing::IsEmpty()) << most;
  }
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
