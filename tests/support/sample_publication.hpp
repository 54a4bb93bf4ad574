#pragma once

#include "advisor/report.hpp"
#include "collectors/sql/quote.hpp"
#include "daemon/proposals.hpp"
#include "daemon/status.hpp"
#include "daemon/wire.hpp"

#include <boost/json/serialize.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace pgadvisor::testing {

/// Text that tries to break out of JSON, HTML, labels and UTF-8.
inline const std::string kHostile = "a\"b\\c\n<script>alert(1)</script>\xFF\xC0\xAF{}";

inline model::Timestamp sample_time() {
  return std::chrono::sys_days(std::chrono::year(2026) / 3 / 4) + std::chrono::hours(5) +
         std::chrono::microseconds(1234567);
}

inline advisor::ServedStatement sample_statement() {
  return {.query_id = "-42",
          .query = "SELECT * FROM orders WHERE customer_id = $1 AND deleted_at IS NULL",
          .weight = 1000,
          .cost_before = {12000.5},
          .cost_after = {8.5},
          .plan_before =
              R"json([{"Plan": {"Node Type": "Seq Scan", "Relation Name": "orders", "Startup Cost": 0.00,
                             "Total Cost": 12000.50, "Plan Rows": 10, "Filter": "(customer_id = $1)"}}])json",
          .plan_after = R"json([{"Plan": {"Node Type": "Index Scan", "Relation Name": "orders", "Index Name":
                            "ix_orders_customer_id", "Startup Cost": 0.42, "Total Cost": 8.50, "Plan Rows": 10,
                            "Index Cond": "(customer_id = $1)"}}])json"};
}

inline advisor::Recommendation sample_recommendation() {
  advisor::Recommendation recommendation;
  recommendation.id = "r1";
  recommendation.definition.table = {"public", "orders"};
  recommendation.definition.keys = {{.column = "customer_id"}, {.column = "created_at", .descending = true}};
  recommendation.definition.include = {"status"};
  recommendation.definition.predicate = "deleted_at IS NULL";
  recommendation.index_name = "ix_orders_customer_id";
  recommendation.ddl = "CREATE INDEX CONCURRENTLY ix_orders_customer_id ON orders (customer_id)";
  recommendation.rollback = "DROP INDEX CONCURRENTLY public.ix_orders_customer_id";
  recommendation.kinds = {"composite", "partial"};
  recommendation.size = {8192 * 100};
  recommendation.benefit_share = 0.4;
  recommendation.benefit_cost = {1234.5};
  recommendation.benefit_time = model::Milliseconds(90000);
  recommendation.write_overhead = {.writes = 17, .lost_hot = 3, .wal = {4096}};
  recommendation.statements = {sample_statement()};
  recommendation.replaces = {{{"public", "ix_old"},
                              {8192 * 40},
                              "DROP INDEX CONCURRENTLY public.ix_old",
                              "CREATE INDEX CONCURRENTLY ix_old ON orders (customer_id)"}};
  recommendation.confidence = advisor::Confidence::kHigh;
  recommendation.reasons = {"one statement scans the whole table"};
  return recommendation;
}

inline advisor::Alternative sample_alternative() {
  const auto recommended = sample_recommendation();
  advisor::Alternative alternative;
  alternative.id = "a1";
  alternative.definition.table = recommended.definition.table;
  alternative.definition.keys = {{.column = "status"}};
  alternative.ddl = "CREATE INDEX CONCURRENTLY ix_orders_status ON public.orders (status)";
  alternative.size = {8192 * 50};
  alternative.saves_alone = 0.25;
  alternative.saves_beside = 0.01;
  alternative.writes_share = 0.001;
  alternative.reason = "served";
  alternative.served_by = recommended.index_name;
  alternative.message = "ix_orders_customer_id, which is proposed, serves the same statements.";
  return alternative;
}

inline advisor::UnhelpedStatement sample_unhelped() {
  return {.query_id = "43",
          .query = "SELECT 2",
          .share = 0.3,
          .reason = "no_table",
          .alternative = {},
          .message = "It reads no table: there is nothing to index."};
}

/// An index that can go, one that is used, and a foreign key without an index.
inline advisor::IndexHealth sample_health() {
  advisor::IndexHealth health;
  health.window = {sample_time() - std::chrono::hours(24 * 40), sample_time()};
  health.coverage = 0.99;
  health.members = {{"db1:5432", true, sample_time(), 0.99, ""}};
  advisor::IndexReport unused;
  unused.index = {"public", "ix_a"};
  unused.table_schema = "public";
  unused.table = "orders";
  unused.verdict = "unused";
  unused.reasons = {"no scans in 40 days"};
  unused.size = unused.reclaimable = {8192};
  unused.since = sample_time();
  unused.use = {{"db1:5432", 0, sample_time(), std::nullopt}};
  unused.write_overhead = {.writes = 17, .time = model::Milliseconds(2), .wal = {4096}};
  unused.ddl = "DROP INDEX CONCURRENTLY public.ix_a";
  unused.rollback = "CREATE INDEX CONCURRENTLY ix_a ON public.orders USING btree (a)";
  unused.rehearsal = advisor::Rehearsal{3, {{"-42", "SELECT 1", 10, {2}, {2.1}}}};
  advisor::IndexReport used;
  used.index = {"public", "orders_pkey"};
  used.table_schema = "public";
  used.table = "orders";
  used.verdict = "ok";
  used.size = {16384};
  used.scans = 99;
  used.last_scan = used.since = sample_time();
  health.indexes = {unused, used};
  advisor::ForeignKeyReport key;
  key.table = {"public", "orders"};
  key.columns = {"customer_id"};
  key.names = {"orders_customer_id_fkey"};
  key.references = {{"public", "customers"}};
  key.severity = advisor::Severity::kCritical;
  key.changes = 5;
  key.table_size = {8192 * 2000};
  key.reasons = {"5 referenced rows were deleted"};
  key.ddl = "CREATE INDEX CONCURRENTLY ix_orders_customer_id ON public.orders (customer_id)";
  key.rollback = "DROP INDEX CONCURRENTLY public.ix_orders_customer_id";
  health.foreign_keys = {key};
  return health;
}

inline advisor::DatabaseReport sample_database(const std::string& name) {
  advisor::DatabaseReport report;
  advisor::Advice& advice = report.advice;
  advice.database = name;
  advice.server_version = 150018;
  advice.sandbox_version = 150018;
  advice.planner_calls = 812;
  advice.planner_seconds = 1.9;
  advice.seconds = 2.4;
  advice.window = {sample_time() - std::chrono::hours(24), sample_time()};
  advice.statements = 3;
  advice.analysed = 2;
  advice.skipped = {{"7", "the grammar of PostgreSQL 15 does not know it"}};
  advice.cost_before = 1.0;
  advice.cost_after = 0.4;
  advice.cost_bound = 0.39;
  advice.size = {8192 * 100};
  advice.recommendations = {sample_recommendation()};
  advice.recommendations.front().id += name;
  advice.alternatives = {sample_alternative()};
  advice.unhelped = {sample_unhelped()};
  advice.top_statements = {{"-42", "SELECT 1", 10, model::Milliseconds(50), {2}, {1}, {1}},
                           {"43", "SELECT 2", 20, model::Milliseconds(70), {2}, {2}, {2}}};
  advice.findings = {{"select_star", "-42", "", "SELECT * reads every column"}};
  report.health = sample_health();
  return report;
}

inline advisor::Hotspot sample_hotspot(const std::string& table = "orders") {
  advisor::Hotspot hotspot;
  hotspot.table = {"public", table};
  hotspot.state = model::HotspotState::kNew;
  hotspot.since = sample_time() - std::chrono::minutes(15);
  hotspot.last_seen = sample_time();
  hotspot.window = {sample_time() - std::chrono::hours(24), sample_time()};
  hotspot.seq_scans = 5;
  hotspot.rows_read = 5000;
  hotspot.bytes_read = {8192 * 500};
  hotspot.table_size = {8192 * 100};
  hotspot.bytes_per_second = 8192 * 10;
  hotspot.usual_bytes_per_second = 0;
  hotspot.cause = advisor::HotspotCause::kMissingIndex;
  hotspot.statements = {{.query_id = "-42",
                         .query = "SELECT * FROM orders WHERE customer_id = $1",
                         .calls = 5,
                         .blocks_per_call = 100,
                         .rows_per_call = 3,
                         .share = 1,
                         .planned = true,
                         .foreign_key = ""}};
  hotspot.recommendations = {"r1shop"};
  hotspot.reasons = {"A recommended index lets its statements read the rows they need only."};
  return hotspot;
}

/// Two databases; the second one's names and texts are hostile.
inline advisor::Report sample_report() {
  advisor::Report report;
  report.as_of = sample_time();
  report.databases = {sample_database("shop"), sample_database(kHostile)};
  advisor::DatabaseReport& hostile = report.databases.back();
  hostile.advice.recommendations.front().definition.table = {kHostile, kHostile};
  hostile.advice.recommendations.front().index_name = kHostile;
  hostile.advice.recommendations.front().statements.front().query = kHostile;
  hostile.advice.recommendations.front().statements.front().plan_before = kHostile;
  hostile.advice.recommendations.front().benefit_time.reset();
  hostile.advice.alternatives.front().definition.table = {kHostile, kHostile};
  hostile.advice.alternatives.front().ddl = kHostile;
  hostile.advice.alternatives.front().served_by = kHostile;
  hostile.advice.alternatives.front().message = kHostile;
  hostile.advice.unhelped.front().query = kHostile;
  hostile.advice.unhelped.front().message = kHostile;
  hostile.advice.findings.front().message = kHostile;
  hostile.health.indexes.front().index = {kHostile, kHostile};
  hostile.health.indexes.front().reasons = {kHostile};
  hostile.health.indexes.front().rehearsal->statements.front().query = kHostile;
  hostile.health.foreign_keys.front().table = {kHostile, kHostile};
  hostile.health.foreign_keys.front().columns = {kHostile};
  hostile.health.members.front().name = kHostile;
  report.hotspots = {{"shop", sample_time() - std::chrono::minutes(1), {sample_hotspot()}},
                     {kHostile, sample_time(), {sample_hotspot(kHostile)}}};
  advisor::Hotspot& hotspot = report.hotspots.back().hotspots.front();
  hotspot.table.schema = kHostile;
  hotspot.statements.front().query = kHostile;
  hotspot.statements.front().foreign_key = kHostile;
  hotspot.foreign_keys = {kHostile};
  hotspot.reasons = {kHostile};
  return report;
}

inline daemon::TrackedProposal sample_tracked(const advisor::Recommendation& recommendation,
                                              const std::string& database) {
  daemon::TrackedProposal tracked;
  auto& proposal = tracked.proposal;
  proposal.id = recommendation.id;
  proposal.database = database;
  proposal.table = recommendation.definition.table;
  proposal.definition = sql::describe(recommendation.definition);
  proposal.index = {recommendation.definition.table.schema, recommendation.index_name};
  proposal.ddl = recommendation.ddl;
  proposal.rollback = recommendation.rollback;
  proposal.size = recommendation.size;
  tracked.standing = {.state = lifecycle::State::kOpen, .since = sample_time(), .by = "pgadvisor"};
  tracked.changes = {{sample_time(), std::nullopt, lifecycle::State::kOpen, "pgadvisor", ""}};
  tracked.first_seen = tracked.last_seen = sample_time();
  tracked.evidence = boost::json::serialize(daemon::to_json(recommendation));
  return tracked;
}

inline lifecycle::Effect sample_effect() {
  lifecycle::Effect effect{.before = {sample_time() - std::chrono::hours(24), sample_time()},
                           .after = {sample_time(), sample_time() + std::chrono::hours(2)}};
  const lifecycle::Shift shift{0.05, 0.04, 0.06, 1e-9, 24, 24};
  effect.statements = {{"-42", lifecycle::Role::kServed, 480, 490, {10, 1, 100}, {0.5, 1, 3}, shift},
                       {"43", lifecycle::Role::kWriter, 480, 490, {1, 1, 5}, {1.1, 1, 6}, std::nullopt}};
  effect.roles = {
      {lifecycle::Role::kServed, 480, 490, model::Milliseconds(4900), model::Milliseconds(245), shift, shift},
      {lifecycle::Role::kWriter, 480, 490, model::Milliseconds(490), model::Milliseconds(539), {}, {}}};
  effect.index_scans = 490;
  effect.table_scans = 500;
  effect.real_size = model::Bytes{8192 * 120};
  effect.predicted_size = {8192 * 100};
  effect.hot_before = 0.9;
  effect.others_meanwhile = true;
  effect.saved_per_day = model::Milliseconds(55000);
  effect.verdict = lifecycle::Verdict::kVerified;
  effect.reasons = {"The statements it is for take 5 % of the time they took before."};
  return effect;
}

/// What sample_report() recommends, open; then what somebody dropped, measured.
inline daemon::Proposals sample_proposals() {
  daemon::Proposals proposals;
  proposals.as_of = sample_time();
  for (const auto& database : sample_report().databases) {
    for (const auto& recommendation : database.advice.recommendations) {
      proposals.items.push_back(std::make_shared<const daemon::TrackedProposal>(
          sample_tracked(recommendation, database.advice.database)));
    }
  }
  auto dropped = sample_tracked(sample_recommendation(), "shop");
  dropped.proposal.id = "d1shop";
  dropped.proposal.action = lifecycle::Action::kDropIndex;
  dropped.proposal.origin = lifecycle::Origin::kCatalog;
  dropped.proposal.ddl.clear();
  dropped.proposal.rollback = "CREATE INDEX CONCURRENTLY gone ON orders (customer_id)";
  dropped.standing.state = lifecycle::State::kRegressed;
  dropped.standing.applied_at = sample_time();
  dropped.evidence.clear();
  dropped.effect = sample_effect();
  dropped.effect->verdict = lifecycle::Verdict::kRegressed;
  proposals.items.push_back(std::make_shared<const daemon::TrackedProposal>(dropped));
  return proposals;
}

inline daemon::Status sample_status() {
  daemon::Status status;
  status.version = "0.1.0";
  status.started_at = sample_time() - std::chrono::hours(1);
  status.as_of = sample_time();
  status.target = "default";
  status.target_display = "127.0.0.1:5432/shop";
  status.up = true;
  status.server = model::ServerIdentity{.system_identifier = "7300000000000000000",
                                        .timeline = 1,
                                        .in_recovery = false,
                                        .version = 150018,
                                        .postmaster_start = sample_time() - std::chrono::hours(9)};
  status.databases = {"shop", kHostile};
  status.members = {{"db2:5432", false, true, std::nullopt, 1.5}};
  status.tasks = {{"statements", "", 60, 2, sample_time(), model::Seconds(0.05), model::Seconds(60)},
                  {"relations", "shop", 12, 0, std::nullopt, model::Seconds(0.2), model::Seconds(300)}};
  status.tasks.back().last_success = sample_time() - std::chrono::minutes(1);
  status.duty_cycle = 0.0004;
  status.duty_cycle_limit = 0.001;
  status.database_seconds = 12.5;
  status.history_size = {1 << 20};
  status.evictions = 3;
  status.sandbox_version = 150018;
  status.stage_seconds = {{"candidates", model::Seconds(0.3)}, {"select", model::Seconds(1.1)}};
  return status;
}

inline daemon::Problem sample_problem() {
  return {"statements", "", "pg_stat_statements is not installed", "CREATE EXTENSION pg_stat_statements;",
          sample_time()};
}

}  // namespace pgadvisor::testing
