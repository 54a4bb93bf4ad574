#include "advisor/sandbox/database.hpp"
#include "advisor/sandbox/server.hpp"
#include "daemon/observe.hpp"
#include "tests/support/cluster.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace pgadvisor::sandbox {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kSchema = R"SQL(
CREATE EXTENSION pg_trgm;
CREATE EXTENSION pageinspect;
CREATE SCHEMA "Odd Schema";
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
CREATE DOMAIN work_email AS email CHECK (length(VALUE) < 100);
CREATE TABLE customers (id int PRIMARY KEY, mail work_email NOT NULL, mood mood, name varchar(40),
  tags text[], numbers int[], active boolean, joined date, note text, discount numeric(6,2), code char(6),
  token uuid, address inet, deleted_at timestamptz);
INSERT INTO customers SELECT i, 'u' || i || '@example.org', (ARRAY['sad','ok','happy']::mood[])[1 + i % 7 % 3],
  'name ' || i % 5000, ARRAY['t' || i % 50, 't' || i % 7], ARRAY[i % 10, i % 3], i % 5 <> 0,
  date '2020-01-01' + i % 1500, CASE WHEN i % 3 = 0 THEN repeat('x', i % 90) END, (i % 1000) / 10.0,
  'c' || i % 300, md5(i::text)::uuid, ('10.0.' || i % 256 || '.' || i % 100)::inet,
  CASE WHEN i % 20 = 0 THEN timestamptz '2024-01-01' + i * interval '1 minute' END
  FROM generate_series(1, 20000) i;
CREATE INDEX ON customers (lower(name));
CREATE INDEX ON customers (mood) WHERE deleted_at IS NULL;
CREATE INDEX ON customers USING gin (tags);
CREATE INDEX ON customers USING gin (name gin_trgm_ops);
CREATE INDEX ON customers (joined DESC, id) INCLUDE (active);
CREATE TABLE orders (id bigserial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers,
  status text NOT NULL, total numeric NOT NULL, placed timestamptz NOT NULL, attributes jsonb,
  words tsvector GENERATED ALWAYS AS (to_tsvector('simple', status)) STORED,
  twice numeric GENERATED ALWAYS AS (total * 2) STORED, during int4range);
INSERT INTO orders (customer_id, status, total, placed, attributes, during)
  SELECT 1 + (i * 7919) % 20000, (ARRAY['open','paid','shipped','done','done','done'])[1 + i % 6], i % 977,
         timestamptz '2024-01-01' + i * interval '7 minutes', jsonb_build_object('k', i % 10), int4range(i % 50, i % 50 + 10)
  FROM generate_series(1, 100000) i;
CREATE INDEX ON orders (customer_id, placed);
CREATE INDEX ON orders (status);
CREATE INDEX ON orders USING brin (placed);
CREATE INDEX ON orders USING hash (total);
CREATE INDEX ON orders USING gist (during);
CREATE INDEX ON orders ((attributes ->> 'k'));
CREATE VIEW open_orders AS SELECT o.*, c.mail FROM orders o JOIN customers c ON c.id = o.customer_id
  WHERE o.status = 'open' AND c.deleted_at IS NULL;
CREATE MATERIALIZED VIEW totals AS SELECT customer_id, sum(total) AS total FROM orders GROUP BY 1;
CREATE TABLE events (day date NOT NULL, kind int, payload text) PARTITION BY RANGE (day);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
INSERT INTO events SELECT date '2024-01-01' + i % 60, i % 12, 'payload ' || i FROM generate_series(1, 30000) i;
CREATE INDEX ON events (kind, day);
CREATE TABLE animals (id int, name text);
CREATE TABLE dogs (breed text) INHERITS (animals);
INSERT INTO animals SELECT i, 'a' || i % 100 FROM generate_series(1, 3000) i;
INSERT INTO dogs SELECT i, 'd' || i % 10, 'b' || i % 3 FROM generate_series(1, 9000) i;
CREATE TABLE "Odd Schema"."It's a ""table""" ("Sélect" int, "order" text);
INSERT INTO "Odd Schema"."It's a ""table""" SELECT i % 50, 'ü' || i FROM generate_series(1, 4000) i;
CREATE INDEX "odd index" ON "Odd Schema"."It's a ""table""" ("Sélect");
CREATE FUNCTION near(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 3';
CREATE OPERATOR <~> (LEFTARG = int, RIGHTARG = int, FUNCTION = near, RESTRICT = eqsel);
CREATE TABLE filled_later (a int, b text, c varchar(10), d char(7));
CREATE TABLE filled_a_little (a int);
CREATE STATISTICS order_pairs ON status, customer_id FROM orders;
CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
VACUUM ANALYZE;
ANALYZE;
INSERT INTO filled_later SELECT i, 'b' || i, 'c', 'd' FROM generate_series(1, 5000) i;
INSERT INTO filled_a_little SELECT i FROM generate_series(1, 700) i;
CREATE TABLE never_analysed (a int, b text, c varchar(10));
INSERT INTO never_analysed SELECT i, 'b' || i, 'c' FROM generate_series(1, 5000) i;
CREATE TABLE never_filled (a int);
INSERT INTO orders (customer_id, status, total, placed) SELECT i, 'new', i, '2026-01-01' FROM generate_series(1, 5000) i;
)SQL";

const std::vector<std::string> kStatements = {
    "SELECT * FROM customers WHERE id = 77",
    "SELECT * FROM customers WHERE mail = 'u5@example.org'",
    "SELECT * FROM customers WHERE mood = 'happy' AND deleted_at IS NULL",
    "SELECT * FROM customers WHERE mood > 'sad'",
    "SELECT * FROM customers WHERE name = 'name 17'",
    "SELECT * FROM customers WHERE lower(name) = 'name 17'",
    "SELECT * FROM customers WHERE name LIKE 'name 1%'",
    "SELECT * FROM customers WHERE name ILIKE '%me 4999%'",
    "SELECT * FROM customers WHERE numbers && ARRAY[9]",
    "SELECT * FROM customers WHERE numbers = ARRAY[1,1]",
    "SELECT * FROM customers WHERE active",
    "SELECT * FROM customers WHERE NOT active AND joined >= '2023-12-01'",
    "SELECT joined, id, active FROM customers ORDER BY joined DESC LIMIT 30",
    "SELECT * FROM customers WHERE note IS NULL",
    "SELECT * FROM customers WHERE discount BETWEEN 10 AND 20.5",
    "SELECT * FROM customers WHERE code = 'c17'",
    "SELECT * FROM customers WHERE token = 'c4ca4238-a0b9-2382-0dcc-509a6f75849b'",
    "SELECT * FROM customers WHERE address << '10.0.7.0/24'",
    "SELECT * FROM customers WHERE id <~> 500",
    "SELECT count(*) FROM customers WHERE id < 3000",
    "SELECT * FROM orders WHERE customer_id = 5 ORDER BY placed DESC LIMIT 5",
    "SELECT * FROM orders WHERE status = 'open' AND total > 900",
    "SELECT * FROM orders WHERE status = 'new'",
    "SELECT * FROM orders WHERE total = 12",
    "SELECT count(*) FROM orders WHERE placed >= '2025-03-01'",
    "SELECT * FROM orders WHERE attributes ->> 'k' = '3'",
    "SELECT * FROM orders WHERE attributes @> '{\"k\": 3}'",
    "SELECT * FROM orders WHERE words @@ 'open'",
    "SELECT sum(twice) FROM orders WHERE twice > 1900",
    "SELECT * FROM open_orders WHERE total > 900 ORDER BY placed LIMIT 20",
    "SELECT c.mood, sum(o.total) FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY 1",
    "SELECT * FROM customers c WHERE NOT EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id AND "
    "o.status = 'open')",
    "SELECT customer_id, count(*) FROM orders GROUP BY 1 ORDER BY 2 DESC LIMIT 10",
    "SELECT * FROM totals WHERE total > 1000",
    "SELECT kind, count(*) FROM events WHERE day >= '2024-02-10' GROUP BY kind",
    "SELECT * FROM events WHERE kind = 3 AND day = '2024-01-05'",
    "SELECT * FROM animals WHERE name = 'd3'",
    "SELECT * FROM ONLY animals WHERE name = 'a3'",
    "SELECT \"order\" FROM \"Odd Schema\".\"It's a \"\"table\"\"\" WHERE \"Sélect\" = 7",
    "SELECT * FROM never_analysed WHERE a = 3",
    "SELECT * FROM filled_later WHERE b = 'b7'",
    "SELECT * FROM filled_a_little",
    "SELECT * FROM never_filled",
    "WITH recent AS (SELECT * FROM orders WHERE placed > '2025-04-01') SELECT * FROM recent JOIN customers c "
    "ON c.id = "
    "customer_id WHERE c.active",
    "UPDATE orders SET total = 0 WHERE id = 12",
    "DELETE FROM orders WHERE customer_id = 3",
    "SELECT o.id, (SELECT max(placed) FROM orders p WHERE p.customer_id = o.customer_id) FROM orders o WHERE "
    "o.id BETWEEN 5000 AND 5040"};

/// One server for all tests, in a folder its unprivileged user may reach.
class SharedServer {
 public:
  SharedServer() {
    std::string pattern = "/tmp/sandbox-clone-test-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    root_ = pattern;
    std::filesystem::permissions(root_, std::filesystem::perms{0755});
    const auto modules = std::filesystem::path(PGADVISOR_BINARY_DIR) / "lib";
    server_.emplace(
        Server::start({.folder = root_ / "sandbox", .user = {}, .modules = modules}, 150000).value());
  }
  SharedServer(const SharedServer&) = delete;
  SharedServer& operator=(const SharedServer&) = delete;
  ~SharedServer() {
    server_.reset();
    std::filesystem::remove_all(root_);
  }
  Server& get() { return *server_; }

 private:
  std::filesystem::path root_;
  std::optional<Server> server_;
};

Server& server() {
  static SharedServer shared;
  return shared.get();
}

model::DatabaseSnapshot snapshot(const std::string& database) {
  return daemon::observe(testing::Cluster::shared().dsn(database), {}, daemon::WithActivity::kNo)
      .value()
      .snapshot;
}

model::Result<Database> clone(const std::string& database) {
  return Database::clone(server(), testing::Cluster::shared().dsn(), snapshot(database));
}

double production_cost(const std::string& database, const std::string& statement) {
  const std::string plan = testing::Cluster::shared().value("EXPLAIN (FORMAT JSON) " + statement, database);
  return boost::json::parse(plan).as_array()[0].at("Plan").at("Total Cost").to_number<double>();
}

double sandbox_cost(Database& database, const std::string& statement) {
  const StatementId id = database.prepare(statement).value();
  const Configuration none;
  return database.costs(id, std::span(&none, 1)).value().front().total.value;
}

/// Statements of VACUUM are no part of a script.
void execute_script(const std::string& script, const std::string& database) {
  std::size_t start = 0;
  for (std::size_t end = script.find(";\n"); end != std::string::npos; end = script.find(";\n", start)) {
    testing::Cluster::shared().execute(script.substr(start, end - start), database);
    start = end + 2;
  }
}

const std::string& shop() {
  static const std::string name = [] {
    std::string database = testing::Cluster::shared().create_database();
    execute_script(kSchema, database);
    return database;
  }();
  return name;
}

TEST(SandboxClone, CostsEqualProductions) {
  Database twin = clone(shop()).value();
  double worst = 0;
  for (const std::string& statement : kStatements) {
    const double expected = production_cost(shop(), statement);
    const double cost = sandbox_cost(twin, statement);
    worst = std::max(worst, std::abs(cost - expected) / expected);
    EXPECT_NEAR(cost, expected, expected * 0.001 + 0.005) << statement;
  }
  RecordProperty("worst", fmt::format("{}", worst));
}

/// PostgreSQL reads the metapage of the GIN index itself: in the twin that one is empty.
TEST(SandboxClone, CostsOfGinScansAreNearProductions) {
  Database twin = clone(shop()).value();
  const std::string statement = "SELECT * FROM customers WHERE tags @> ARRAY['t6']";
  const double expected = production_cost(shop(), statement);
  EXPECT_NEAR(sandbox_cost(twin, statement), expected, expected * 0.02);
}

TEST(SandboxClone, SaysWhatItLeavesOut) {
  const Database twin = clone(shop()).value();
  EXPECT_THAT(twin.left_out(), Contains(HasSubstr("statistics object public.order_pairs")));
  EXPECT_THAT(twin.left_out(),
              Contains(HasSubstr("statistics of public.orders (during): pg_stats shows those of ranges")));
  EXPECT_THAT(twin.left_out(), Not(Contains(HasSubstr("customers"))));
}

TEST(SandboxClone, PlansWithTheSettingsOfProduction) {
  auto& cluster = testing::Cluster::shared();
  cluster.execute(fmt::format("ALTER DATABASE {} SET random_page_cost = 1.1", shop()));
  cluster.execute(fmt::format("ALTER DATABASE {} SET search_path = \"Odd Schema\", public", shop()));
  Database twin = clone(shop()).value();
  const std::string statement =
      "SELECT * FROM \"It's a \"\"table\"\"\" t JOIN customers ON id = \"Sélect\" WHERE \"order\" = 'ü4'";
  const double expected = production_cost(shop(), statement);
  EXPECT_NEAR(sandbox_cost(twin, statement), expected, expected * 0.001);
  cluster.execute(fmt::format("ALTER DATABASE {} RESET ALL", shop()));
}

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
