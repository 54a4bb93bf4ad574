#include "collectors/sql/quote.hpp"
#include "tests/integration/planner_twins.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <array>

namespace pgadvisor::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

double production_cost(const std::string& statement) {
  const auto plan =
      testing::Cluster::shared().value("EXPLAIN (FORMAT JSON) " + statement, Twins::get().production);
  return boost::json::parse(plan).as_array()[0].at("Plan").at("Total Cost").to_number<double>();
}

TEST_F(PlannerModule, CostsInTheRowlessTwinAreProductions) {
  for (const std::string statement :
       {"SELECT * FROM orders WHERE customer_id = 77",
        "SELECT id FROM orders WHERE created_at BETWEEN '2024-01-10' AND '2024-01-12'",
        "SELECT count(*) FROM orders WHERE id < 30000",
        "SELECT c.city, sum(total_cents) FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY 1",
        "SELECT number, email FROM open_orders WHERE total_cents > 500 ORDER BY at DESC LIMIT 10",
        "SELECT * FROM orders WHERE id = 4711",
        "SELECT \"a\"\"b\" FROM \"Odd \"\"table\nname\" WHERE \"select\" = 3",
        "SELECT kind, count(*) FROM events WHERE day >= '2024-02-10' GROUP BY kind",
        "SELECT * FROM customers c WHERE NOT EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id AND "
        "o.status = 'open')",
        "SELECT (SELECT max(created_at) FROM orders o WHERE o.customer_id = c.id) FROM customers c WHERE "
        "c.id < 20",
        "UPDATE orders SET status = 'done' WHERE id = 12", "DELETE FROM orders WHERE customer_id = 3",
        "INSERT INTO customers SELECT id + 100000, email, active, deleted_at, city FROM customers WHERE "
        "active"}) {
    const double expected = production_cost(statement);
    EXPECT_NEAR(cost(statement).total.value, expected, expected * 1e-4 + 0.005) << statement;
  }
}

TEST_F(PlannerModule, CostsOfParametersAreTheGenericPlans) {
  auto& cluster = testing::Cluster::shared();
  auto connection = pg::BlockingConnection::connect(cluster.dsn(Twins::get().production), "test");
  ASSERT_TRUE(connection);
  ASSERT_TRUE(connection->execute(
      "SET plan_cache_mode = force_generic_plan;"
      "PREPARE p(int, text) AS SELECT * FROM orders WHERE customer_id = $1 AND status = $2"));
  auto plan = connection->query("EXPLAIN (FORMAT JSON) EXECUTE p(1, 'open')");
  ASSERT_TRUE(plan);
  const double expected =
      boost::json::parse(plan->string(0, 0)).as_array()[0].at("Plan").at("Total Cost").to_number<double>();
  EXPECT_NEAR(cost("SELECT * FROM orders WHERE customer_id = $1 AND status = $2").total.value, expected,
              0.01);
}

TEST_F(PlannerModule, EstimatesTheRowsOfAnUncountedTableFromItsColumns) {
  auto& cluster = testing::Cluster::shared();
  cluster.execute("CREATE TABLE fresh(a int, b bigint)", Twins::get().production);
  cluster.execute("INSERT INTO fresh SELECT i, i FROM generate_series(1, 9000) i", Twins::get().production);
  cluster.execute("CREATE TABLE fresh(a int, b bigint)", Twins::get().twin);
  const double pages =
      std::stod(cluster.value("SELECT pg_relation_size('fresh') / 8192", Twins::get().production));
  const RelationSize size{{"public", "fresh"}, pages};
  ASSERT_TRUE(database_->set_sizes(std::span(&size, 1)));
  EXPECT_NEAR(cost("SELECT * FROM fresh").total.value, production_cost("SELECT * FROM fresh"), 0.01);
  cluster.execute("DROP TABLE fresh", Twins::get().twin);
  cluster.execute("DROP TABLE fresh", Twins::get().production);
}

TEST_F(PlannerModule, HidesCandidatesUnlessTheyAreInTheConfiguration) {
  const auto by_customer = candidate("CREATE INDEX ix_a ON orders (customer_id)");
  const auto by_status = candidate("CREATE INDEX ix_b ON orders (status, created_at)");
  ASSERT_TRUE(database_->set_size(by_customer, {60, 60000, 1}));
  ASSERT_TRUE(database_->set_size(by_status, {200, 60000, 1}));
  const auto statement = prepared("SELECT * FROM orders WHERE customer_id = 77");
  const std::vector<Configuration> configurations{{}, {by_customer}, {by_status}, {by_customer, by_status}};
  const auto costs = database_->costs(statement, configurations);
  ASSERT_TRUE(costs) << to_string(costs.error());
  ASSERT_EQ(costs->size(), 4U);
  EXPECT_TRUE(costs->at(0).used.empty());
  EXPECT_EQ(costs->at(1).used, Configuration{by_customer});
  EXPECT_LT(costs->at(1).total, costs->at(0).total);
  EXPECT_EQ(costs->at(2).total, costs->at(0).total);
  EXPECT_EQ(costs->at(3).total, costs->at(1).total);
  EXPECT_GE(database_->planner_calls(), 4);
}

TEST_F(PlannerModule, PlansAsIfAHiddenExistingIndexWereDropped) {
  const auto statement = prepared("SELECT * FROM orders WHERE created_at = '2024-01-02'");
  const Configuration none;
  const auto planned = [&] { return database_->costs(statement, std::span(&none, 1)).value().at(0); };
  const auto before = planned();
  EXPECT_TRUE(before.existing.contains("public.orders_created_at"));
  const auto index = database_->find_index({"public", "orders_created_at"}).value().value();
  ASSERT_TRUE(database_->hide(std::array{index}));
  EXPECT_TRUE(planned().existing.empty());
  EXPECT_GT(planned().total, before.total);
  ASSERT_TRUE(database_->hide({}));
  EXPECT_EQ(planned().total, before.total);
  ASSERT_TRUE(database_->hide(std::array{index}));
  ASSERT_TRUE(database_->reset());
  const auto again = prepared("SELECT * FROM orders WHERE created_at = '2024-01-02'");
  EXPECT_EQ(database_->costs(again, std::span(&none, 1)).value().at(0).total, before.total);
}

TEST_F(PlannerModule, SaysHowAnExistingIndexWouldBeMadeAgain) {
  auto& cluster = testing::Cluster::shared();
  cluster.execute(
      "CREATE INDEX \"odd ix\" ON orders (lower(status), note DESC) INCLUDE (total_cents) "
      "WITH (fillfactor=70) WHERE total_cents > 5",
      Twins::get().twin);
  const auto index = database_->existing_index({"public", "odd ix"}).value().value();
  EXPECT_EQ(index.ddl,
            "CREATE INDEX \"odd ix\" ON public.orders USING btree (lower(status), note DESC) INCLUDE "
            "(total_cents) WITH (fillfactor='70') WHERE (total_cents > 5)");
  EXPECT_EQ(index.predicate, "(total_cents > 5)");
  EXPECT_EQ(index.definition.table, (model::ObjectName{"public", "orders"}));
  EXPECT_EQ(index.definition.keys.at(0).expression, "lower(status)");
  EXPECT_EQ(database_->constraint_ddl({"public", "orders"}, "orders_pkey").value(),
            "ALTER TABLE public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id)");
  EXPECT_FALSE(database_->existing_index({"public", "no such index"}).value());
  cluster.execute("DROP INDEX \"odd ix\"", Twins::get().twin);
}

TEST_F(PlannerModule, ShowsAHiddenCandidateAgainWhateverCameBetween) {
  auto& cluster = testing::Cluster::shared();
  const auto statement = prepared("SELECT * FROM orders WHERE customer_id = 77");
  const auto used = [&](const Configuration& configuration) {
    return database_->costs(statement, std::span(&configuration, 1)).value().at(0).used;
  };
  const auto first = candidate("CREATE INDEX ON orders (customer_id)");
  ASSERT_TRUE(database_->set_size(first, {60, 60000, 1}));
  EXPECT_EQ(used({first}), Configuration{first});
  EXPECT_EQ(used({}), Configuration{});
  const auto second = candidate("CREATE INDEX ON orders (customer_id, id)");
  ASSERT_TRUE(database_->set_size(second, {50, 60000, 1}));
  EXPECT_EQ(used({first}), Configuration{first});
  EXPECT_EQ(used({second}), Configuration{second});
  cluster.execute("CREATE INDEX passing ON orders (customer_id, status); DROP INDEX passing",
                  Twins::get().twin);
  EXPECT_EQ(used({}), Configuration{});
  EXPECT_EQ(used({first}), Configuration{first});
  const auto dropped = database_->create_candidate("CREATE INDEX ON orders (customer_id, note)");
  ASSERT_TRUE(dropped);
  ASSERT_TRUE(database_->set_size(*dropped, {300, 60000, 2}));
  EXPECT_EQ(used({first, *dropped}), Configuration{first});
  ASSERT_TRUE(database_->drop_candidate(*dropped));
  EXPECT_EQ(used({first, *dropped}), Configuration{first});
}

TEST_F(PlannerModule, PredictsTheCostOfAnIndexThatIsThenBuilt) {
  const auto& production = Twins::get().production;
  auto& cluster = testing::Cluster::shared();
  const std::string statement = "SELECT * FROM orders WHERE customer_id = 77 ORDER BY created_at";
  const auto ix = candidate("CREATE INDEX ix_real ON orders (customer_id, created_at)");
  cluster.execute("CREATE INDEX ix_real ON orders (customer_id, created_at)", production);
  const auto built =
      cluster.query("SELECT pg_relation_size('ix_real') / 8192, (bt_metap('ix_real')).level", production);
  ASSERT_TRUE(database_->set_size(ix, {built.integer(0, 0), 60000, static_cast<int>(built.integer(0, 1))}));
  EXPECT_NEAR(cost(statement, {ix}).total.value, production_cost(statement), 0.01);
  cluster.execute("DROP INDEX ix_real", production);
}

TEST_F(PlannerModule, NamesExistingIndexesOfAPlan) {
  EXPECT_THAT(cost("SELECT * FROM orders WHERE id = 3").existing, ElementsAre("public.orders_pkey"));
  EXPECT_THAT(
      cost("SELECT (SELECT created_at FROM orders o WHERE o.id = c.id) FROM customers c WHERE c.id = 5")
          .existing,
      ElementsAre("public.customers_pkey", "public.orders_pkey"));
}

TEST_F(PlannerModule, FindsBitmapScansOfTwoCandidates) {
  const auto a = candidate("CREATE INDEX ix_a ON orders (customer_id)");
  const auto b = candidate("CREATE INDEX ix_b ON orders (total_cents)");
  ASSERT_TRUE(database_->set_size(a, {60, 60000, 1}));
  ASSERT_TRUE(database_->set_size(b, {60, 60000, 1}));
  EXPECT_EQ(cost("SELECT * FROM orders WHERE customer_id = 7 OR total_cents = 9", {a, b}).used,
            (Configuration{a, b}));
}

TEST_F(PlannerModule, AdmitsAPartialCandidateOnlyWhereItsPredicateHolds) {
  const auto open = candidate("CREATE INDEX ix_open ON orders (created_at) WHERE status = 'open'");
  ASSERT_TRUE(database_->set_size(open, {6, 1200, 1}));
  EXPECT_EQ(cost("SELECT * FROM orders WHERE status = 'open' ORDER BY created_at", {open}).used,
            Configuration{open});
  EXPECT_TRUE(cost("SELECT * FROM orders WHERE status = $1 ORDER BY created_at", {open}).used.empty());
}

TEST_F(PlannerModule, ExplainsAsPostgresqlDoes) {
  const auto ix = candidate("CREATE INDEX ix_shown ON orders (customer_id)");
  ASSERT_TRUE(database_->set_size(ix, {60, 60000, 1}));
  const auto statement = prepared("SELECT * FROM orders WHERE customer_id = $1");
  const auto hidden = database_->explain(statement, {});
  const auto shown = database_->explain(statement, {ix});
  ASSERT_TRUE(hidden) << to_string(hidden.error());
  ASSERT_TRUE(shown) << to_string(shown.error());
  EXPECT_EQ(hidden->find("ix_shown"), std::string::npos);
  EXPECT_NE(shown->find("ix_shown"), std::string::npos);
  const auto plan = boost::json::parse(*shown).as_array().at(0).at("Plan");
  const Configuration configuration{ix};
  const auto costs = database_->costs(statement, std::span(&configuration, 1));
  EXPECT_NEAR(plan.at("Total Cost").to_number<double>(), costs->at(0).total.value, 0.006);
}

TEST_F(PlannerModule, ExplainsLiteralStatementsWordForWordAsProduction) {
  const std::string statement =
      "SELECT c.city, count(*) FROM orders o JOIN customers c ON c.id = o.customer_id "
      "WHERE o.status = 'open' GROUP BY c.city";
  const auto explained = database_->explain(prepared(statement), {});
  ASSERT_TRUE(explained);
  EXPECT_EQ(*explained,
            testing::Cluster::shared().value("EXPLAIN (FORMAT JSON) " + statement, Twins::get().production));
}

TEST_F(PlannerModule, ExplainsPartitionsUnderAParameter) {
  const auto explained =
      database_->explain(prepared("SELECT * FROM events WHERE day = $1 AND kind = $2"), {});
  ASSERT_TRUE(explained) << to_string(explained.error());
  EXPECT_THAT(*explained, HasSubstr("events_1"));
  EXPECT_THAT(*explained, HasSubstr("events_2"));
}

TEST_F(PlannerModule, MakesOneCandidateOfAPartitionedIndex) {
  const auto ix = candidate("CREATE INDEX ix_kind ON events (kind)");
  ASSERT_TRUE(database_->set_size(ix, {30, 30000, 1}));
  EXPECT_EQ(cost("SELECT * FROM events WHERE kind = 5", {ix}).used, Configuration{ix});
  EXPECT_TRUE(cost("SELECT * FROM events WHERE kind = 5").used.empty());
  EXPECT_LT(cost("SELECT * FROM events WHERE kind = 5", {ix}).total,
            cost("SELECT * FROM events WHERE kind = 5").total);
  const auto definition = database_->definition(ix);
  ASSERT_TRUE(definition);
  EXPECT_EQ(definition->table, (model::ObjectName{"public", "events"}));
}

TEST_F(PlannerModule, GivesAPartitionTheHeightOfItsShare) {
  const auto ix = candidate("CREATE INDEX ON events (kind)");
  const auto cost_of = [&](const IndexSize& size) {
    EXPECT_TRUE(database_->set_size(ix, size));
    return cost("SELECT * FROM events WHERE kind = 5", {ix}).total;
  };
  // 300 keys a page: a root over 300 pages is enough for half of 500 pages, not for half of 2,000.
  EXPECT_EQ(cost_of({500, 150000, 2}), cost_of({500, 150000, 1}));
  EXPECT_LT(cost_of({2000, 600000, 1}), cost_of({2000, 600000, 2}));
}

TEST_F(PlannerModule, KeepsAnExistingIndexOfAPartitionWhenAnEqualCandidateGoes) {
  auto& cluster = testing::Cluster::shared();
  cluster.execute("CREATE INDEX events_1_kind ON events_1 (kind)", Twins::get().twin);
  const auto ix = database_->create_candidate("CREATE INDEX ON events (kind)");
  ASSERT_TRUE(ix);
  ASSERT_TRUE(database_->drop_candidate(*ix));
  EXPECT_EQ(cluster.value("SELECT count(*) FROM pg_class WHERE relname = 'events_1_kind'", Twins::get().twin),
            "1");
  EXPECT_EQ(
      cluster.value(
          "SELECT count(*) FROM pg_index WHERE indrelid IN ('events_1'::regclass, 'events_2'::regclass)",
          Twins::get().twin),
      "1");
  cluster.execute("DROP INDEX events_1_kind", Twins::get().twin);
}

TEST_F(PlannerModule, ReadsBackWhatACandidateDefines) {
  const auto ix = candidate(
      "CREATE INDEX CONCURRENTLY ON public.orders USING btree (lower(status), (total_cents + 1) DESC, note "
      "COLLATE \"POSIX\" "
      "text_pattern_ops NULLS FIRST, created_at DESC NULLS LAST) INCLUDE (status, id) WHERE total_cents > 5");
  const auto definition = database_->definition(ix);
  ASSERT_TRUE(definition) << to_string(definition.error());
  EXPECT_EQ(definition->table, (model::ObjectName{"public", "orders"}));
  EXPECT_EQ(definition->method, "btree");
  EXPECT_EQ(definition->include, (std::vector<std::string>{"id", "status"}));
  EXPECT_EQ(definition->predicate, "total_cents > 5");
  const std::vector<model::IndexKey> keys{{"", "lower(status)"},
                                          {"", "total_cents + 1", "", "", true, true},
                                          {"note", "", "text_pattern_ops", "\"POSIX\"", false, true},
                                          {"created_at", "", "", "", true, false}};
  EXPECT_EQ(definition->keys, keys);
  const auto again = database_->create_candidate(sql::create_index(*definition, "ix_again", false));
  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(*database_->definition(*again), *definition);
  EXPECT_TRUE(database_->drop_candidate(*again));
}

TEST_F(PlannerModule, CreatesTheCandidatesThatItCanOfMany) {
  const std::array<std::string, 5> statements{
      "CREATE INDEX one ON orders (customer_id)", "CREATE INDEX two ON orders (no_such)",
      "CREATE INDEX one ON orders (status)",  // the name is taken
      "CREATE INDEX parts ON events (kind)", "CREATE INDEX \"three's \"\"\\\" ON orders (note)"};
  const auto created = database_->create_candidates(statements);
  ASSERT_TRUE(created) << to_string(created.error());
  ASSERT_EQ(created->size(), 5U);
  const auto made = [&](std::size_t i) { return (*created)[i].has_value(); };
  EXPECT_TRUE(made(0) && !made(1) && !made(2) && made(3) && made(4));
  ASSERT_TRUE(database_->set_size(*created->front(), {60, 60000, 1}));
  EXPECT_EQ(cost("SELECT * FROM orders WHERE customer_id = 3", {*created->front()}).used,
            Configuration{*created->front()});
  EXPECT_GT(database_->parts(*(*created)[3])->size(), 1U);
  EXPECT_EQ(database_->definition(*(*created)[4])->keys.front().column, "note");
  EXPECT_TRUE(database_->create_candidate("CREATE INDEX two ON orders (status)"));  // nothing is left of it
}

TEST_F(PlannerModule, AcceptsNothingButOneCreateIndex) {
  for (const std::string sql :
       {"DROP TABLE orders", "SELECT 1", "", "CREATE INDEX ON orders (id); DROP TABLE orders",
        "CREATE INDEX ON orders (no_such)", "CREATE INDEX ON orders (random())",
        "CREATE INDEX orders_pkey ON orders (status)", "CREATE INDEX ON open_orders (number)",
        "CREATE INDEX ON pg_catalog.pg_class (relname)", "CREATE INDEX ON"}) {
    const auto created = database_->create_candidate(sql);
    ASSERT_FALSE(created) << sql;
    EXPECT_EQ(created.error().next, model::NextStep::kSkip) << sql;
  }
  EXPECT_GT(cost("SELECT * FROM orders").total.value, 0);
}

TEST_F(PlannerModule, HandlesEveryShapeOfStatement) {
  for (const std::string text :
       {"SELECT city, active, count(*) FROM customers WHERE id > $1 GROUP BY GROUPING SETS ((city), "
        "(active), ())",
        "SELECT id, rank() OVER (PARTITION BY city ORDER BY email) FROM customers WHERE city = $1",
        "WITH RECURSIVE r AS (SELECT id FROM customers WHERE id = 1 UNION ALL SELECT o.customer_id FROM r "
        "JOIN orders o "
        "ON o.id = r.id) SELECT * FROM r",
        "SELECT * FROM orders o FULL JOIN customers c ON c.id = o.customer_id WHERE o.note IS NULL",
        "SELECT z FROM customers c LEFT JOIN (SELECT customer_id, coalesce(note, 'n') z FROM orders) o "
        "ON o.customer_id = c.id WHERE z = $1 ORDER BY z",
        "SELECT * FROM customers WHERE id = (SELECT max(id) FROM orders) OR city IN (SELECT note FROM "
        "orders)",
        "SELECT * FROM customers c WHERE (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) > 3 AND "
        "city = $1",
        "SELECT id FROM orders UNION SELECT id FROM customers ORDER BY 1 LIMIT $1",
        "SELECT * FROM orders TABLESAMPLE system (10) WHERE id = $1",
        "SELECT * FROM customers c, LATERAL unnest(string_to_array(c.city, ',')) u(x) WHERE u.x = c.email",
        "VALUES (1), ($1)",
        "SELECT $1",
        "TABLE events",
        "SELECT FROM events e JOIN events f USING (day) WHERE f.kind = $1",
        "SELECT * FROM (SELECT day FROM events UNION ALL SELECT deleted_at::date FROM customers) u WHERE day "
        "= $1",
        "SELECT DISTINCT ON (city) city, email FROM customers ORDER BY city, email DESC",
        "SELECT * FROM events WHERE day = $1 FOR UPDATE",
        "UPDATE events SET kind = kind + 1 WHERE day = $1",
        "DELETE FROM events USING orders o WHERE o.id = kind",
        "INSERT INTO events VALUES ($1, $2, $3)",
        "SELECT * FROM orders WHERE (id, customer_id) = ANY (SELECT id, id FROM customers)",
        "SELECT * FROM orders WHERE id = ALL ($1)",
        "SELECT count(*) FILTER (WHERE active) FROM customers WHERE customers IS NOT NULL",
        "SELECT * FROM orders WHERE note SIMILAR TO $1 AND tableoid = $2 AND false"}) {
    const auto statement = prepared(text);
    const Configuration none;
    EXPECT_TRUE(database_->costs(statement, std::span(&none, 1))) << text;
    EXPECT_TRUE(database_->scans(statement)) << text << database_->scans(statement).error().message;
    EXPECT_TRUE(database_->explain(statement, none))
        << text << database_->explain(statement, none).error().message;
  }
}

TEST_F(PlannerModule, TakesAnUntypedParameterForText) {
  EXPECT_GT(cost("SELECT id FROM orders WHERE $1 IS NULL OR status = $2").total.value, 0);
}

TEST_F(PlannerModule, SaysWhatItCannotPlanAndStaysUsable) {
  for (const std::string text :
       {"SELEC 1", "", "SELECT 1; SELECT 2", "CREATE TABLE t()", "EXPLAIN SELECT 1", "SELECT no_such",
        "SELECT * FROM nowhere", "SELECT 'secret'::int", "VACUUM"}) {
    const auto statement = database_->prepare(text);
    ASSERT_FALSE(statement) << text;
    EXPECT_EQ(statement.error().next, model::NextStep::kSkip) << text;
    EXPECT_EQ(statement.error().message.find("secret"), std::string::npos) << statement.error().message;
  }
  const auto failing = prepared("SELECT * FROM orders WHERE id = 1 / 0");
  EXPECT_EQ(database_->scans(failing).error().sqlstate, "22012");
  const Configuration none;
  EXPECT_EQ(database_->costs(failing, std::span(&none, 1)).error().next, model::NextStep::kSkip);
  EXPECT_FALSE(database_->explain(failing, none));
  EXPECT_FALSE(database_->scans(StatementId{99999}));
  EXPECT_FALSE(database_->drop_candidate(CandidateId{1259}));
  EXPECT_EQ(scans("SELECT id FROM orders").scans.size(), 1U);
}

TEST_F(PlannerModule, ForgetsAReleasedStatement) {
  const auto statement = prepared("SELECT 1");
  ASSERT_TRUE(database_->release(statement));
  EXPECT_FALSE(database_->scans(statement));
  EXPECT_FALSE(database_->release(statement));
}

TEST_F(PlannerModule, RunsFunctionsOfTheDatabaseWithoutPowers) {
  testing::Cluster::shared().execute(
      "CREATE FUNCTION greed(int) RETURNS int VOLATILE LANGUAGE plpgsql AS "
      "$$ BEGIN CREATE ROLE intruder SUPERUSER; RETURN 1; END $$;"
      "CREATE FUNCTION greedy(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN greed(1); END "
      "$$",
      Twins::get().twin);
  const auto statement = prepared("SELECT id FROM orders WHERE id = greedy(1)");
  const auto answer = database_->scans(statement);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().sqlstate, "42501");
  EXPECT_EQ(scans("SELECT id FROM orders").scans.size(), 1U);
}

TEST_F(PlannerModule, StartsTheExecutorWithoutPowersToo) {
  testing::Cluster::shared().execute(
      "CREATE FUNCTION sneak() RETURNS date VOLATILE LANGUAGE plpgsql AS "
      "$$ BEGIN CREATE ROLE intruder SUPERUSER; RETURN NULL; END $$;"
      "CREATE FUNCTION sneaky() RETURNS date STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN sneak(); END $$",
      Twins::get().twin);
  const auto explained = database_->explain(prepared("SELECT * FROM events WHERE day = sneaky()"), {});
  ASSERT_FALSE(explained);
  EXPECT_EQ(explained.error().sqlstate, "42501");
}

TEST_F(PlannerModule, EstimatesTheShareOfRowsBehindAPredicate) {
  EXPECT_NEAR(*database_->selectivity({"public", "orders"}, "status = 'open'"), 0.02, 0.005);
  EXPECT_NEAR(*database_->selectivity({"public", "events"}, "kind < 50"), 0.5, 0.02);
  EXPECT_NEAR(*database_->selectivity({"public", "customers"}, "deleted_at IS NULL -- comment"), 0.9, 0.01);
  EXPECT_DOUBLE_EQ(*database_->selectivity({"public", "orders"}, "true"), 1);
  EXPECT_EQ(database_->selectivity({"public", "nowhere"}, "true").error().next, model::NextStep::kSkip);
}

TEST_F(PlannerModule, AsksForANewTwinWhenTheServerEndsTheSession) {
  auto connection = connect();
  const auto pid = connection.query("SELECT pg_backend_pid()")->string(0, 0);
  auto database = Database::attach(std::move(connection), module_path());
  ASSERT_TRUE(database);
  testing::Cluster::shared().execute("SELECT pg_terminate_backend(" + pid + ")");
  EXPECT_EQ(database->prepare("SELECT 1").error().next, model::NextStep::kReconnect);
}

TEST_F(PlannerModule, FiresNoEventTriggerOfTheDatabase) {
  auto& cluster = testing::Cluster::shared();
  const auto database = cluster.create_database();
  cluster.execute(
      "CREATE TABLE t(a int); CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS "
      "$$ BEGIN RAISE 'refused'; END $$; CREATE EVENT TRIGGER guard ON ddl_command_start EXECUTE FUNCTION "
      "refuse()",
      database);
  auto connection = pg::BlockingConnection::connect(cluster.dsn(database), "sandbox");
  ASSERT_TRUE(connection);
  auto attached = Database::attach(std::move(*connection), module_path());
  ASSERT_TRUE(attached) << to_string(attached.error());
  const auto ix = attached->create_candidate("CREATE INDEX ON t (a)");
  ASSERT_TRUE(ix) << to_string(ix.error());
  EXPECT_TRUE(attached->drop_candidate(*ix));
}

TEST_F(PlannerModule, GivesUpWithoutItsModule) {
  auto database = Database::attach(connect(), "/nonexistent/planner.so");
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().next, model::NextStep::kGiveUp);
}

TEST(PlannerModuleMemory, StaysFlatOverTenThousandCalls) {
  if (testing::tested_major() < 14) GTEST_SKIP() << "pg_backend_memory_contexts came with 14";
  auto connection =
      pg::BlockingConnection::connect(testing::Cluster::shared().dsn(Twins::get().twin), "memory");
  ASSERT_TRUE(connection);
  ASSERT_TRUE(connection->execute("LOAD '" + module_path().string() + "'"));
  const std::string prepare =
      "pgadvisor_sandbox.prepare('SELECT o.id FROM orders o JOIN customers c ON c.id = "
      "o.customer_id WHERE o.status = $1 ORDER BY o.created_at')";
  const auto id = connection->query("SELECT " + prepare)->string(0, 0);
  const auto run = [&](int times) {
    const std::string series = " FROM generate_series(1, " + std::to_string(times) + ")";
    EXPECT_TRUE(connection->query("SELECT count(pgadvisor_sandbox.costs(" + id + ", '{}', '{0}'))" + series));
    EXPECT_TRUE(connection->query("SELECT count(pgadvisor_sandbox.scans(" + id + "))" + series));
    EXPECT_TRUE(connection->query("SELECT count(pgadvisor_sandbox.explain(" + id + ", '{}'))" + series));
    EXPECT_TRUE(connection->query("SELECT count(pgadvisor_sandbox.release(" + prepare + "))" + series));
    EXPECT_FALSE(connection->query("SELECT count(pgadvisor_sandbox.prepare('SELECT no_such'))" + series));
  };
  const auto total = [&] {
    return connection->query("SELECT sum(total_bytes) FROM pg_backend_memory_contexts")->integer(0, 0);
  };
  run(10);
  const auto before = total();
  run(10000);
  EXPECT_LT(total() - before, 256 * 1024);
}

}  // namespace
}  // namespace pgadvisor::sandbox
