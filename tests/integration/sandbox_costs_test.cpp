#include "tests/integration/clone_support.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pgadvisor::sandbox {
namespace {

using ::testing::IsEmpty;

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

const std::string& shop() {
  static const std::string name = [] { return make_database(kSchema); }();
  return name;
}

TEST(SandboxCosts, EqualProductions) {
  Database twin = clone(shop()).value();
  EXPECT_THAT(twin.left_out(), IsEmpty());
  for (const std::string& statement : kStatements) expect_cost_of_production(twin, shop(), statement);
}

/// PostgreSQL reads the metapage of the GIN index itself: in the twin that one is empty.
TEST(SandboxCosts, OfGinScansAreNearProductions) {
  Database twin = clone(shop()).value();
  const std::string statement = "SELECT * FROM customers WHERE tags @> ARRAY['t6']";
  const double expected = production_cost(shop(), statement);
  EXPECT_NEAR(sandbox_cost(twin, statement), expected, expected * 0.02);
}

TEST(SandboxCosts, FollowTheSettingsOfProduction) {
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

}  // namespace
}  // namespace pgadvisor::sandbox
