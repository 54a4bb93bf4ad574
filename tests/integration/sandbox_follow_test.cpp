#include "tests/integration/clone_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace pgadvisor::sandbox {
namespace {

using ::testing::IsEmpty;

constexpr const char* kSchema = R"SQL(
CREATE TABLE customers (id int PRIMARY KEY, name varchar(40), note text, active boolean DEFAULT true, old int);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, status text, total int CHECK (total >= 0),
  doubled int GENERATED ALWAYS AS (total * 2) STORED);
CREATE TABLE events (day date NOT NULL, kind int) PARTITION BY RANGE (day);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
CREATE TABLE parent (a int, b int);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE leftover (a int);
CREATE INDEX customers_name ON customers (name);
CREATE INDEX orders_expression ON orders ((total % 100));
CREATE INDEX events_kind ON events (kind);
CREATE STATISTICS pairs ON status, total FROM orders;
INSERT INTO customers SELECT i, 'name ' || i % 800, 'n', i % 3 = 0, i FROM generate_series(1, 4000) i;
INSERT INTO orders SELECT i, 1 + i % 4000, CASE WHEN i % 9 = 0 THEN 'open' ELSE 'done' END, i % 777 FROM generate_series(1, 20000) i;
INSERT INTO events SELECT date '2024-01-01' + i % 60, i % 30 FROM generate_series(1, 9000) i;
INSERT INTO parent SELECT i % 9, i FROM generate_series(1, 500) i;
INSERT INTO child SELECT i % 20, i FROM generate_series(1, 900) i;
VACUUM ANALYZE;
)SQL";

/// Statements that plan as long as the base schema stands.
const std::vector<std::string> kStatements = {
    "SELECT * FROM customers WHERE name = 'name 7'",
    "SELECT id FROM customers WHERE active",
    "SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'open' AND o.total = 9",
    "SELECT * FROM orders WHERE customer_id = 77",
    "SELECT * FROM orders WHERE total % 100 = 3",
    "SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id",
    "SELECT * FROM events WHERE kind = 3 AND day < '2024-02-01'",
    "SELECT * FROM parent WHERE a = 3"};

class SandboxFollow : public ::testing::Test {
 protected:
  SandboxFollow() : name_(make_database(kSchema)), seen_(snapshot(name_)), twin_(clone(name_).value()) {}

  /// Changes production, then brings the twin in step: what went wrong, or nothing.
  std::string follow(std::string_view script) {
    execute_script(script, name_);
    const model::DatabaseSnapshot now = snapshot(name_);
    const auto done = twin_.follow(server(), testing::Cluster::shared().dsn(), seen_, now);
    seen_ = now;
    return done ? "" : to_string(done.error());
  }

  /// As a fresh clone would: every statement's cost, and nothing left out.
  void expect_in_step(const std::vector<std::string>& more = {}) {
    for (const auto& statement : kStatements) expect_cost_of_production(twin_, name_, statement);
    for (const auto& statement : more) expect_cost_of_production(twin_, name_, statement);
    EXPECT_THAT(twin_.left_out(), IsEmpty());
  }

  std::string name_;
  model::DatabaseSnapshot seen_;
  Database twin_;
};

TEST_F(SandboxFollow, NothingWhenNothingChanged) {
  ASSERT_EQ("", follow(""));
  expect_in_step();
}

TEST_F(SandboxFollow, AnalyzeAndGrowth) {
  ASSERT_EQ("", follow(
      "INSERT INTO orders SELECT i, 1, 'open', 5 FROM generate_series(20001, 90000) i;\nANALYZE orders;\n"));
  expect_in_step();
}

TEST_F(SandboxFollow, ColumnsAddedChangedAndDropped) {
  ASSERT_EQ("", follow(R"SQL(
ALTER TABLE customers ADD COLUMN "New one" int NOT NULL DEFAULT 7, ADD COLUMN tags text[];
ALTER TABLE customers DROP COLUMN old, ALTER COLUMN note TYPE varchar(9), ALTER active DROP DEFAULT;
ALTER TABLE customers ALTER COLUMN name TYPE text COLLATE "C", ALTER name SET NOT NULL;
ALTER TABLE parent ADD COLUMN c int DEFAULT 4;
ALTER TABLE events ADD COLUMN place int;
UPDATE events SET place = kind % 4;
ANALYZE;
)SQL"));
  expect_in_step({"SELECT * FROM customers WHERE \"New one\" = 7",
                  "SELECT count(*) FROM customers WHERE note > 'a'", "SELECT * FROM parent WHERE c = 4",
                  "SELECT * FROM events WHERE place = 3"});
}

TEST_F(SandboxFollow, IndexesCreatedAndDropped) {
  ASSERT_EQ("", follow(R"SQL(
CREATE INDEX ON orders (customer_id) INCLUDE (total);
CREATE UNIQUE INDEX ON orders (id DESC) WHERE status = 'open';
CREATE INDEX "lower'd" ON customers (lower(name));
DROP INDEX customers_name;
DROP INDEX orders_expression;
CREATE INDEX orders_expression ON orders ((total % 100), status);
CREATE INDEX events_day_kind ON events (day, kind);
DROP INDEX events_kind;
ANALYZE;
)SQL"));
  expect_in_step({"SELECT * FROM customers WHERE lower(name) = 'name 3'",
                  "SELECT total FROM orders WHERE customer_id = 9",
                  "SELECT id FROM orders WHERE status = 'open' ORDER BY id DESC LIMIT 3"});
}

TEST_F(SandboxFollow, ConstraintsAddedAndDropped) {
  ASSERT_EQ("", follow(R"SQL(
ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey, DROP CONSTRAINT orders_total_check;
ALTER TABLE customers DROP CONSTRAINT customers_pkey;
ALTER TABLE customers ADD CONSTRAINT unique_again UNIQUE (id, name);
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > -1) NOT VALID;
ALTER TABLE orders ADD FOREIGN KEY (id, status) REFERENCES customers (id, name) NOT VALID;
ALTER TABLE events_1 ADD CHECK (kind < 100);
)SQL"));
  expect_in_step();
}

TEST_F(SandboxFollow, TablesDropped) {
  ASSERT_EQ("", follow("DROP TABLE leftover;\nDROP TABLE events_2;\nDROP TABLE customers CASCADE;\n"));
  expect_cost_of_production(twin_, name_, "SELECT * FROM events WHERE kind = 3");
  expect_cost_of_production(twin_, name_, "SELECT * FROM orders WHERE customer_id = 77");
  EXPECT_TRUE(twin_.prepare("SELECT * FROM leftover").has_error());
}

TEST_F(SandboxFollow, SettingsOfTheDatabase) {
  ASSERT_EQ("", follow("SELECT 1;\n"));
  testing::Cluster::shared().execute("ALTER DATABASE " + name_ + " SET random_page_cost = 1.1");
  ASSERT_EQ("", follow(""));
  expect_in_step();
}

TEST_F(SandboxFollow, ForgetsCandidatesAndStatements) {
  const StatementId statement = twin_.prepare("SELECT * FROM orders WHERE status = 'open'").value();
  const CandidateId candidate = twin_.create_candidate("CREATE INDEX same_name ON orders (status)").value();
  ASSERT_EQ("", follow("CREATE INDEX same_name ON orders (status, total);\n"));
  const Configuration none;
  EXPECT_TRUE(twin_.costs(statement, std::span(&none, 1)).has_error());
  EXPECT_TRUE(twin_.definition(candidate).has_error());
  expect_in_step({"SELECT * FROM orders WHERE status = 'open' AND total = 3"});
}

TEST_F(SandboxFollow, NotWhatNeedsANewClone) {
  for (const char* script :
       {"CREATE TABLE brand_new (a int);\n", "CREATE VIEW v AS SELECT 1;\n",
        "CREATE OR REPLACE VIEW v AS SELECT 2;\n", "CREATE TYPE mood AS ENUM ('sad');\n",
        "ALTER TYPE mood ADD VALUE 'ok';\n", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n",
        "CREATE EXTENSION pg_trgm;\n", "CREATE STATISTICS more ON id, name FROM customers;\n",
        "ALTER TABLE child NO INHERIT parent;\n", "ALTER TABLE events DETACH PARTITION events_2;\n",
        "ALTER TABLE orders DROP COLUMN doubled;\nALTER TABLE orders ADD doubled int;\nALTER TABLE leftover "
        "RENAME TO renamed;\n"}) {
    EXPECT_NE(follow(script), "") << script;
    twin_ = clone(name_).value();
  }
}

TEST_F(SandboxFollow, NeverWaitsLongForALockInProduction) {
  auto holder = pg::BlockingConnection::connect(testing::Cluster::shared().dsn(name_), "holder").value();
  execute_script("ALTER TABLE orders ADD COLUMN x int;\n", name_);
  const model::DatabaseSnapshot now = snapshot(name_);
  ASSERT_TRUE(holder.execute("BEGIN; LOCK TABLE orders"));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(twin_.follow(server(), testing::Cluster::shared().dsn(), seen_, now).has_error());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
}

}  // namespace
}  // namespace pgadvisor::sandbox
