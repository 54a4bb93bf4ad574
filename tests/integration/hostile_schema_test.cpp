#include "advisor/whatif/candidate_set.hpp"
#include "tests/integration/clone_support.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/shop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace pgadvisor::sandbox {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// With an end in production, without one in the twin: what is dumped is made endless at last.
constexpr const char* kEndless = R"SQL(
CREATE FUNCTION forever() RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN 1; END $$;
CREATE TABLE generated (a int, b int GENERATED ALWAYS AS (a + forever()) STORED);
CREATE TABLE indexed (a int, b int);
CREATE INDEX endless_index ON indexed ((a + forever()));
CREATE INDEX sane_index ON indexed (b);
CREATE TABLE checked (a int CHECK (a > forever()), b int DEFAULT forever());
CREATE TABLE parted (a int) PARTITION BY RANGE ((a + forever()));
CREATE DOMAIN endless AS int DEFAULT forever() CHECK (VALUE > 0);
CREATE TABLE sane (a int, e endless);
INSERT INTO sane SELECT i, 5 FROM generate_series(1, 1000) i;
ANALYZE sane;
CREATE OR REPLACE FUNCTION forever() RETURNS int LANGUAGE plpgsql IMMUTABLE AS
  $$ BEGIN LOOP PERFORM 1; END LOOP; RETURN 1; END $$;
)SQL";

TEST(HostileSchema, OfFunctionsThatNeverEndIsClonedWithoutWhatNeedsThem) {
  const std::string database = make_database(kEndless);
  const auto begin = std::chrono::steady_clock::now();
  Database twin = clone(database).value();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(90));
  EXPECT_THAT(twin.left_out(),
              Contains(AllOf(HasSubstr("table public.generated"), HasSubstr("may never end"))));
  EXPECT_THAT(twin.left_out(), Each(HasSubstr("may never end")));
  expect_cost_of_production(twin, database, "SELECT * FROM sane WHERE a = 3");
}

/// Who runs while the twin is made and filled has no powers and cannot take any.
TEST(HostileSchema, HasNoPowersWhileItIsCloned) {
  const std::string database = make_database(R"SQL(
CREATE TABLE t (a int);
INSERT INTO t SELECT generate_series(1, 100);
CREATE FUNCTION escalate(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1; END $$;
CREATE TABLE g (a int, b int GENERATED ALWAYS AS (a + escalate(1)) STORED);
CREATE INDEX i ON t ((a + escalate(1)));
CREATE FUNCTION definer(int) RETURNS int LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER AS $$ BEGIN RETURN public.escalate($1); END $$;
CREATE TABLE d (a int, b int GENERATED ALWAYS AS (a + definer(1)) STORED);
ANALYZE;
)SQL");
  testing::Cluster::shared().execute(R"SQL(
CREATE OR REPLACE FUNCTION escalate(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN RAISE 'superuser: %', current_user; END IF;
  BEGIN SET SESSION AUTHORIZATION pgadvisor; EXCEPTION WHEN OTHERS THEN NULL; END;
  BEGIN SET ROLE pgadvisor; EXCEPTION WHEN OTHERS THEN NULL; END;
  BEGIN RESET ROLE; EXCEPTION WHEN OTHERS THEN NULL; END;
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN RAISE 'became %', current_user; END IF;
  RETURN $1; END $$;
)SQL",
                                     database);
  Database twin = clone(database).value();
  EXPECT_THAT(twin.left_out(), IsEmpty());
  EXPECT_GT(sandbox_cost(twin, "SELECT * FROM t WHERE a + escalate(1) = 3"), 0);
}

/// A search_path may put the schema's own functions and operators before PostgreSQL's.
TEST(HostileSchema, StandsInForNoFunctionThatTheSandboxUses) {
  const std::string database = make_database(R"SQL(
CREATE TABLE t (a int);
INSERT INTO t SELECT generate_series(1, 900);
ANALYZE;
CREATE FUNCTION count(int4) RETURNS int4 LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$;
CREATE FUNCTION same(oid, oid) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$;
CREATE FUNCTION unnest(oid[]) RETURNS SETOF oid LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$;
CREATE OPERATOR = (LEFTARG = oid, RIGHTARG = oid, FUNCTION = same);
)SQL");
  testing::Cluster::shared().execute("ALTER DATABASE " + database +
                                     " SET search_path = \"$user\", \"a,b\", public, PG_CATALOG");
  Database twin = clone(database).value();
  EXPECT_THAT(twin.left_out(), IsEmpty());
  expect_cost_of_production(twin, database, "SELECT * FROM t WHERE a = 3");
  const auto candidate = twin.create_candidate("CREATE INDEX i ON t (a)");
  ASSERT_TRUE(candidate) << to_string(candidate.error());
  EXPECT_TRUE(twin.definition(*candidate));
  EXPECT_EQ(twin.parts(*candidate).value().size(), 1U);
  const std::array<std::string, 1> more{"CREATE INDEX j ON t (a)"};
  EXPECT_TRUE(twin.create_candidates(more).value().front());
  EXPECT_EQ(twin.set_sizes({}).value(), 0);
}

/// As one that never ends is: PostgreSQL evaluates what an index's predicate makes of constants.
TEST(HostileSchema, LosesNoCandidateButTheOneThatIsCancelled) {
  const std::string database = make_database(R"SQL(
CREATE FUNCTION cancelled(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
  RAISE USING ERRCODE = 'query_canceled'; END $$;
CREATE TABLE t (a int, b int, c int);
INSERT INTO t SELECT i, i, i FROM generate_series(1, 900) i;
ANALYZE;
)SQL");
  Database twin = clone(database).value();
  const auto index = [](const char* column, const char* predicate) {
    return model::IndexDefinition{{"public", "t"}, "btree", {{column}}, {}, predicate};
  };
  const auto candidates =
      whatif::create_candidates({index("a", ""), index("b", "b > cancelled(3)"), index("c", "")}, "candidate",
                                snapshot(database), twin, {});
  ASSERT_TRUE(candidates) << to_string(candidates.error());
  std::vector<std::string> columns;
  for (const auto& [id, candidate] : *candidates) columns.push_back(candidate.definition.keys.front().column);
  EXPECT_THAT(columns, ElementsAre("a", "c"));
}

TEST(HostileSchema, WithPrivilegedKindsIsCloned) {
  const std::string database = make_database(R"SQL(
CREATE FUNCTION int4_less(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE LEAKPROOF AS 'SELECT $1 < $2';
CREATE FUNCTION backwards(int, int) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'btint4cmp';
CREATE OPERATOR <<< (LEFTARG = int, RIGHTARG = int, FUNCTION = int4_less);
CREATE OPERATOR FAMILY own_family USING btree;
CREATE OPERATOR CLASS own_class FOR TYPE int USING btree FAMILY own_family AS
  OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 backwards(int, int);
CREATE TYPE celsius;
CREATE FUNCTION celsius_in(cstring) RETURNS celsius LANGUAGE internal IMMUTABLE STRICT AS 'float8in';
CREATE FUNCTION celsius_out(celsius) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'float8out';
CREATE TYPE celsius (INPUT = celsius_in, OUTPUT = celsius_out, LIKE = float8);
CREATE CAST (celsius AS float8) WITHOUT FUNCTION AS IMPLICIT;
CREATE TABLE t (a int, degrees celsius);
INSERT INTO t SELECT i, (i % 40)::text::celsius FROM generate_series(1, 2000) i;
CREATE INDEX own ON t (a own_class);
CREATE EXTENSION postgres_fdw;
CREATE EXTENSION file_fdw;
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '192.0.2.1', use_remote_estimate 'true');
CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user 'u', password 'secret');
CREATE FOREIGN TABLE elsewhere (a int, b text) SERVER far;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE file (a int) SERVER files OPTIONS (filename '/etc/hostname', format 'csv');
VACUUM ANALYZE t;
)SQL");
  Database twin = clone(database).value();
  EXPECT_THAT(twin.left_out(), Each(Not(HasSubstr("permission denied"))));
  EXPECT_THAT(twin.left_out(), Each(Not(HasSubstr("superuser"))));
  expect_cost_of_production(twin, database, "SELECT * FROM t WHERE a = 7");
  expect_cost_of_production(twin, database, "SELECT * FROM t WHERE degrees = 7.0");
  // Estimated here: nobody is called.
  EXPECT_GT(sandbox_cost(twin, "SELECT * FROM elsewhere WHERE a = 3"), 0);
  EXPECT_GT(sandbox_cost(twin, "SELECT * FROM file"), 0);
}

TEST(HostileSchema, OfOddNamesAndKindsIsClonedWhole) {
  auto& cluster = testing::Cluster::shared();
  const std::string database = cluster.create_database();
  const std::string odd = "data\"ba'se\n$$ \\ x";
  cluster.execute("ALTER DATABASE " + database + " RENAME TO \"data\"\"ba'se\n$$ \\ x\"");
  execute_script(R"SQL(
CREATE SCHEMA "sch""ema $$
-- TOC entry 1";
CREATE TABLE "sch""ema $$
-- TOC entry 1"."ta'ble ééééééééééééééééééééééééééééé" ("co""l'umn
$1" int, "select" text);
INSERT INTO "sch""ema $$
-- TOC entry 1"."ta'ble ééééééééééééééééééééééééééééé" SELECT i % 50, i FROM generate_series(1, 3000) i;
CREATE INDEX "in""dex
;DROP TABLE x" ON "sch""ema $$
-- TOC entry 1"."ta'ble ééééééééééééééééééééééééééééé" ("co""l'umn
$1");
CREATE VIEW early AS SELECT 1 AS a;
CREATE TABLE late (a int, b int);
CREATE OR REPLACE VIEW early AS SELECT a FROM late;
CREATE TYPE row_type AS (a int, b text);
CREATE TABLE typed OF row_type (a PRIMARY KEY);
CREATE UNLOGGED TABLE unlogged (a int GENERATED ALWAYS AS IDENTITY, b serial);
CREATE RULE redirected AS ON INSERT TO late DO ALSO INSERT INTO unlogged (b) VALUES (NEW.a);
CREATE MATERIALIZED VIEW seen AS SELECT * FROM late;
CREATE INDEX ON seen (a);
CREATE TABLE gone (a int, b row_type);
ALTER TABLE gone DROP COLUMN b;
CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END';
CREATE EVENT TRIGGER no_ddl ON ddl_command_start EXECUTE FUNCTION no();
CREATE PUBLICATION everything FOR ALL TABLES;
CREATE FUNCTION body() RETURNS int LANGUAGE sql AS $body$ SELECT 1; --
-- TOC entry 5; 1259 1 TABLE public late postgres
$body$;
ANALYZE;
)SQL",
                 odd);
  Database twin = clone(odd).value();
  EXPECT_THAT(twin.left_out(), IsEmpty());
  for (const char* statement :
       {"SELECT * FROM \"sch\"\"ema $$\n-- TOC entry 1\".\"ta'ble ééééééééééééééééééééééééééééé\" WHERE "
        "\"co\"\"l'umn\n$1\" = 7",
        "SELECT * FROM early WHERE a = 3", "SELECT * FROM typed WHERE a = 3",
        "SELECT * FROM unlogged WHERE a = 3", "SELECT * FROM seen WHERE a = 3", "SELECT * FROM gone",
        "INSERT INTO unlogged (b) VALUES (2)"}) {
    expect_cost_of_production(twin, odd, statement);
  }
}

TEST(HostileSchema, DoesNotKeepTheDaemonFromAdvisingOnTheRest) {
  auto& cluster = testing::Cluster::shared();
  const std::string shop = testing::make_shop(cluster);
  execute_script(kEndless, shop);
  cluster.execute(
      "CREATE EXTENSION hstore; CREATE TABLE bad (h hstore); CREATE VIEW worse AS SELECT h -> 'a' FROM bad;"
      "UPDATE pg_extension SET extname = 'pg_elsewhere' WHERE extname = 'hstore'",
      shop);
  const testing::TemporaryFolder folder;
  testing::Daemon daemon(
      folder, {{"PGADVISOR_TARGET_DSN", cluster.dsn_text()}, {"PGADVISOR_TARGET_INCLUDE_DATABASES", shop}});
  ASSERT_TRUE(daemon.listens()) << daemon.log();
  EXPECT_TRUE(testing::eventually([&] { return daemon.recommends("ON public.orders (customer_id)"); },
                                  std::chrono::seconds(120)))
      << daemon.log();
  EXPECT_TRUE(daemon.process().pid() > 0 && daemon.ready());
  EXPECT_EQ(daemon.stop().exit_code, 0);
}

}  // namespace
}  // namespace pgadvisor::sandbox
