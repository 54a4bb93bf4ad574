#include "daemon/wire.hpp"

#include "tests/support/sample_publication.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <limits>

namespace pgadvisor::daemon {
namespace {

namespace json = boost::json;
using namespace pgadvisor::testing;

std::vector<std::string> members(const json::value& value) {
  std::vector<std::string> names;
  for (const auto& member : value.as_object()) names.emplace_back(member.key());
  return names;
}

json::value round_trip(const json::value& value) {
  return json::parse(json::serialize(value));
}

TEST(AdviceJson, HasTheShapeOfTheContract) {
  const json::value advice = to_json(sample_database("shop").advice);
  EXPECT_EQ(members(advice), (std::vector<std::string>{"database", "server_version", "planner", "workload",
                                                       "cost", "size_bytes", "seconds", "recommendations",
                                                       "alternatives", "unhelped_statements", "findings"}));
  EXPECT_EQ(advice.at("planner"),
            json::parse(R"({"sandbox_version": 150018, "calls": 812, "seconds": 1.9})"));
  EXPECT_EQ(advice.at("workload"), json::parse(R"({"statements": 3, "analysed": 2,
      "skipped": [{"query_id": "7", "reason": "the grammar of PostgreSQL 15 does not know it"}],
      "window": {"from": "2026-03-03T05:00:01.234567Z", "to": "2026-03-04T05:00:01.234567Z"},
      "coverage": null})"));
}

TEST(AdviceJson, SaysWhatBecameOfTheWindowsTime) {
  advisor::Advice advice = sample_database("shop").advice;
  advice.saved_per_day = model::Milliseconds(17);
  advice.coverage = advisor::TimeCoverage{
      model::Milliseconds(10), model::Milliseconds(8), {{"utility", 3, model::Milliseconds(2)}}, 4, 0.5};
  EXPECT_EQ(to_json(advice).at("cost").at("saved_ms_per_day"), 17.0);
  EXPECT_EQ(to_json(advice).at("workload").at("coverage"),
            json::parse(R"({"time_ms": 10.0, "analysed_ms": 8.0,
      "not_analysed": [{"reason": "utility", "statements": 3, "time_ms": 2.0}], "evictions": 4,
      "of_active_time": 0.5})"));
}

TEST(AdviceJson, SaysHowFarTheCostCanBeFromTheBest) {
  advisor::Advice advice = sample_database("shop").advice;
  EXPECT_NEAR(to_json(advice).at("cost").at("gap").as_double(), 0.025, 1e-12);
  advice.cost_bound = 0.5;  // a bound above the cost is a rounding error of the solver
  EXPECT_EQ(to_json(advice).at("cost").at("gap").as_double(), 0);
  advice.cost_after = 0;
  EXPECT_EQ(to_json(advice).at("cost").at("gap").as_double(), 0);
}

TEST(AdviceJson, HasNoWindowForWorkloadFiles) {
  advisor::Advice advice = sample_database("shop").advice;
  advice.window.to = advice.window.from;
  EXPECT_TRUE(to_json(advice).at("workload").at("window").is_null());
}

TEST(AdviceJson, TurnsNumbersThatAreNotFiniteIntoNull) {
  advisor::Advice advice = sample_database("shop").advice;
  advice.cost_before = std::numeric_limits<double>::infinity();
  advice.seconds = std::numeric_limits<double>::quiet_NaN();
  const json::value wire = round_trip(to_json(advice));
  EXPECT_TRUE(wire.at("cost").at("before").is_null());
  EXPECT_TRUE(wire.at("seconds").is_null());
}

TEST(AlternativeJson, SaysWhatItWouldSaveAndWhyItIsNotProposed) {
  EXPECT_EQ(round_trip(to_json(sample_alternative())), json::parse(R"json({
    "id": "a1", "ddl": "CREATE INDEX CONCURRENTLY ix_orders_status ON public.orders (status)",
    "table": "public.orders", "definition_sql": "public.orders (status)", "size_bytes": 409600,
    "saves_alone": 0.25, "saves_beside": 0.01, "writes_share": 0.001, "reason": "served",
    "served_by": "ix_orders_customer_id", "query_id": null,
    "message": "ix_orders_customer_id, which is proposed, serves the same statements."})json"));
}

TEST(UnhelpedStatementJson, SaysWhyNoIndexHelps) {
  EXPECT_EQ(round_trip(to_json(sample_unhelped())), json::parse(R"json({
    "query_id": "43", "query": "SELECT 2", "share": 0.3, "reason": "no_table", "alternative": null,
    "message": "It reads no table: there is nothing to index."})json"));
}

TEST(RecommendationJson, HasTheShapeOfTheContract) {
  json::value wire = to_json(sample_recommendation());
  json::value statement = wire.at("statements").at(0);
  wire.as_object().erase("statements");
  EXPECT_EQ(round_trip(wire), json::parse(R"json({
    "id": "r1", "ddl": "CREATE INDEX CONCURRENTLY ix_orders_customer_id ON orders (customer_id)",
    "rollback": "DROP INDEX CONCURRENTLY public.ix_orders_customer_id",
    "table": "public.orders", "index_name": "ix_orders_customer_id",
    "definition": {"schema": "public", "table": "orders", "method": "btree", "keys": [
        {"column": "customer_id", "expression": null, "operator_class": null, "collation": null,
         "descending": false, "nulls_first": false},
        {"column": "created_at", "expression": null, "operator_class": null, "collation": null,
         "descending": true, "nulls_first": false}],
      "include": ["status"], "predicate": "deleted_at IS NULL"},
    "kind": ["composite", "partial"], "size_bytes": 819200,
    "benefit": {"share": 0.4, "cost": 1234.5, "time_ms": 90000.0, "time_per_day_ms": null},
    "write_overhead": {"writes": 17.0, "lost_hot_updates": 3.0, "time_ms": null, "wal_bytes": 4096},
    "replaces": [{"index": "public.ix_old", "size_bytes": 327680,
                  "ddl": "DROP INDEX CONCURRENTLY public.ix_old",
                  "rollback": "CREATE INDEX CONCURRENTLY ix_old ON orders (customer_id)"}],
    "confidence": "high", "reasons": ["one statement scans the whole table"]})json"));
  EXPECT_EQ(statement.at("plan_after").at("Plan").at("Index Name"), "ix_orders_customer_id");
  EXPECT_EQ(statement.at("query_id"), "-42");
}

TEST(RecommendationJson, QuotesTheTableWherePostgresWould) {
  advisor::Recommendation recommendation = sample_recommendation();
  recommendation.definition.table = {"Sales", "order"};
  EXPECT_EQ(to_json(recommendation).at("table"), R"("Sales"."order")");
}

TEST(RecommendationJson, LeavesAPlanEmptyThatIsNone) {
  advisor::Recommendation recommendation = sample_recommendation();
  for (const std::string text : {"", "no json", "[]", "[1]", "[{}, {}]", "7"}) {
    recommendation.statements.front().plan_before = text;
    EXPECT_EQ(to_json(recommendation).at("statements").at(0).at("plan_before"), json::object{}) << text;
  }
}

TEST(RecommendationJson, KeepsDeepPlans) {
  std::string plan = R"({"Node Type": "Result"})";
  for (int i = 0; i < 100; ++i) plan = R"({"Node Type": "Nested Loop", "Plans": [)" + plan + "]}";
  advisor::Recommendation recommendation = sample_recommendation();
  recommendation.statements.front().plan_before = R"([{"Plan": )" + plan + "}]";
  EXPECT_EQ(to_json(recommendation).at("statements").at(0).at("plan_before").at("Plan").at("Node Type"),
            "Nested Loop");
}

TEST(Wire, MakesValidJsonOfHostileText) {
  const advisor::Report report = sample_report();
  const std::string repaired = "a\"b\\c\n<script>alert(1)</script>\uFFFD\uFFFD\uFFFD{}";
  const json::value advice = round_trip(to_json(report.databases.back().advice));
  EXPECT_EQ(advice.at("database"), json::string(repaired));
  EXPECT_EQ(advice.at("recommendations").at(0).at("statements").at(0).at("query"), json::string(repaired));
  EXPECT_EQ(round_trip(to_json(report.hotspots.back().hotspots.front())).at("schema"),
            json::string(repaired));
}

TEST(StatusJson, SaysWhatIsNotKnownAsNull) {
  const json::value empty = to_json(Status{});
  for (const char* member : {"started_at", "as_of", "server", "sandbox_version"}) {
    EXPECT_TRUE(empty.at(member).is_null()) << member;
  }
  EXPECT_FALSE(empty.at("ready").as_bool());
}

TEST(StatusJson, ListsProblemsAndTasks) {
  Status status = sample_status();
  status.problems = {sample_problem()};
  const json::value wire = round_trip(to_json(status));
  EXPECT_EQ(wire.at("problems").at(0), json::parse(R"({"component": "statements", "database": null,
      "message": "pg_stat_statements is not installed", "hint": "CREATE EXTENSION pg_stat_statements;",
      "since": "2026-03-04T05:00:01.234567Z"})"));
  EXPECT_EQ(wire.at("tasks").at(1).at("database"), "shop");
  EXPECT_EQ(wire.at("stage_seconds").at("select"), 1.1);
  EXPECT_FALSE(wire.at("ready").as_bool());
}

TEST(StatusJson, ListsReplicas) {
  EXPECT_EQ(round_trip(to_json(sample_status())).at("members"),
            json::parse(R"([{"name": "db2:5432", "up": false,
      "in_recovery": true, "last_poll": null, "database_seconds": 1.5}])"));
}

TEST(IndexJson, HasTheShapeOfTheContract) {
  const json::value wire = round_trip(to_json(sample_health(), "shop"));
  EXPECT_EQ(members(wire), (std::vector<std::string>{"database", "window", "members", "indexes",
                                                     "foreign_keys", "left_out"}));
  EXPECT_EQ(wire.at("window"), json::parse(R"({"from": "2026-01-23T05:00:01.234567Z",
      "to": "2026-03-04T05:00:01.234567Z", "coverage": 0.99})"));
  EXPECT_EQ(wire.at("indexes").at(0), json::parse(R"json({
    "schema": "public", "name": "ix_a", "table_schema": "public", "table": "orders", "verdict": "unused",
    "detail": null, "keeper": null, "reasons": ["no scans in 40 days"], "size_bytes": 8192,
    "reclaimable_bytes": 8192, "size_ratio": null, "scans": 0, "last_scan": null,
    "since": "2026-03-04T05:00:01.234567Z", "use": [{"member": "db1:5432", "scans": 0,
      "since": "2026-03-04T05:00:01.234567Z", "last_scan": null}],
    "write_overhead": {"writes": 17.0, "lost_hot_updates": 0.0, "time_ms": 2.0, "wal_bytes": 4096},
    "ddl": "DROP INDEX CONCURRENTLY public.ix_a",
    "rollback": "CREATE INDEX CONCURRENTLY ix_a ON public.orders USING btree (a)",
    "rehearsal": {"statements_planned": 3, "statements_worse": 1, "statements": [{"query_id": "-42",
      "query": "SELECT 1", "weight": 10.0, "cost_before": 2.0, "cost_after": 2.1}]}})json"));
  EXPECT_TRUE(wire.at("indexes").at(1).at("ddl").is_null());
  EXPECT_TRUE(wire.at("indexes").at(1).at("rehearsal").is_null());
  EXPECT_EQ(wire.at("foreign_keys").at(0), json::parse(R"json({
    "table": "public.orders", "columns": ["customer_id"], "names": ["orders_customer_id_fkey"],
    "references": "public.customers", "severity": "critical", "changes": 5.0, "table_bytes": 16384000,
    "reasons": ["5 referenced rows were deleted"],
    "ddl": "CREATE INDEX CONCURRENTLY ix_orders_customer_id ON public.orders (customer_id)",
    "rollback": "DROP INDEX CONCURRENTLY public.ix_orders_customer_id"})json"));
}

TEST(Rfc3339, HasMicrosecondsAndUtc) {
  EXPECT_EQ(to_rfc3339(model::Timestamp{}), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(to_rfc3339(sample_time()), "2026-03-04T05:00:01.234567Z");
  EXPECT_EQ(to_rfc3339(model::Timestamp(std::chrono::microseconds(-1))), "1969-12-31T23:59:59.999999Z");
}

TEST(Rfc3339, StaysWithinFourDigitYears) {
  EXPECT_EQ(to_rfc3339(model::Timestamp::max()), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(to_rfc3339(model::Timestamp::min()), "0000-01-01T00:00:00.000000Z");
}

}  // namespace
}  // namespace pgadvisor::daemon
