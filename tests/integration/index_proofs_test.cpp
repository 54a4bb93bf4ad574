// What decides about indexes beyond their definitions: builds that run, the planner's word on a drop, and
// history.
#include "advisor/index_health/index_health.hpp"
#include "collectors/history/history.hpp"
#include "daemon/one_look.hpp"
#include "tests/integration/clone_support.hpp"
#include "tests/support/daemon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <string>
#include <vector>

namespace pgadvisor::index_health {
namespace {

using testing::Cluster;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::chrono::hours kDay{24};

advisor::IndexReport of(const advisor::IndexHealth& health, const std::string& index) {
  const auto found =
      std::ranges::find(health.indexes, index, [](const auto& report) { return report.index.name; });
  if (found == health.indexes.end()) throw std::runtime_error("nothing is said of " + index);
  return *found;
}

daemon::Observation look(const std::string& database) {
  return daemon::observe(Cluster::shared().dsn(database), {}, daemon::WithActivity::kIfPossible).value();
}

/// After one look, without a sandbox.
advisor::IndexHealth at_once(const std::string& database) {
  const auto observation = look(database);
  const auto usage = daemon::usage_at_once({{"primary", observation.poll, {}}});
  const std::vector<model::IndexMemory> memory;
  return examine({observation.snapshot, *observation.activity, usage, memory}, {}, {}, nullptr, {}).value();
}

pg::BlockingConnection session(const std::string& database) {
  return pg::BlockingConnection::connect(Cluster::shared().dsn(database), "test").value();
}

TEST(IndexBuild, ThatRunsIsLeftAloneAndOneThatFailedIsToGo) {
  auto& cluster = Cluster::shared();
  const auto database = cluster.create_database();
  cluster.execute("CREATE TABLE t(a int); INSERT INTO t VALUES (1), (1); CREATE INDEX other ON t(a)",
                  database);
  auto blocker = session(database);
  ASSERT_TRUE(blocker.execute("BEGIN; INSERT INTO t VALUES (2)"));
  auto build = std::async(std::launch::async, [&] {
    auto builder = session(database);
    return builder.execute("CREATE INDEX CONCURRENTLY building ON t(a)");
  });
  ASSERT_TRUE(testing::eventually(
      [&] { return cluster.value("SELECT count(*) FROM pg_stat_progress_create_index", database) == "1"; }));
  const auto running = of(at_once(database), "building");
  EXPECT_EQ(running.verdict + "/" + running.detail, "invalid/building");
  EXPECT_FALSE(advisor::can_go(running));
  ASSERT_TRUE(blocker.execute("ROLLBACK"));
  ASSERT_TRUE(build.get());
  EXPECT_EQ(of(at_once(database), "building").verdict, "duplicate");

  EXPECT_THROW(cluster.execute("CREATE UNIQUE INDEX CONCURRENTLY failed ON t(a)", database),
               std::runtime_error);
  const auto failed = of(at_once(database), "failed");
  EXPECT_EQ(failed.verdict + "/" + failed.detail, "invalid/failed");
  EXPECT_TRUE(advisor::can_go(failed));
  EXPECT_EQ(failed.ddl, "") << "without a sandbox nothing is proposed";
}

TEST(IndexBuild, OfReindexConcurrentlyThatFailedIsKnownByItsName) {
  auto& cluster = Cluster::shared();
  const auto database = cluster.create_database();
  cluster.execute("CREATE TABLE t(a int); CREATE INDEX ix ON t(a)", database);
  auto blocker = session(database);
  ASSERT_TRUE(blocker.execute("BEGIN; INSERT INTO t VALUES (2)"));
  auto reindex = session(database);
  ASSERT_TRUE(reindex.execute("SET statement_timeout = '500ms'"));
  EXPECT_FALSE(reindex.execute("REINDEX INDEX CONCURRENTLY ix"));
  ASSERT_TRUE(blocker.execute("ROLLBACK"));
  const auto health = at_once(database);
  EXPECT_EQ(of(health, "ix_ccnew").detail, "failed");
  EXPECT_THAT(of(health, "ix_ccnew").reasons, ElementsAre(HasSubstr("repeat the REINDEX")));
  EXPECT_EQ(of(health, "ix").verdict, "observing");
}

/// A shop whose indexes nobody scanned for sixty days, as far as the counters say.
class Rehearsing : public ::testing::Test {
 protected:
  static constexpr const char* kShop = R"(
CREATE TABLE orders(id int PRIMARY KEY, customer int, status text, note text);
INSERT INTO orders SELECT i, i % 5000, 's' || i % 20, repeat('x', 50) FROM generate_series(1, 100000) i;
CREATE INDEX by_customer ON orders(customer);
CREATE INDEX by_customer_status ON orders(customer, status);
CREATE INDEX by_status ON orders(status);
CREATE INDEX by_note ON orders(lower(note));
VACUUM ANALYZE orders;
)";

  static advisor::IndexHealth examined(const std::vector<std::string>& texts) {
    static const auto database = sandbox::make_database(kShop);
    const auto observation = look(database);
    const auto as_of = observation.snapshot.taken_at;
    model::ClusterUsage usage{as_of, true, {{"primary", true, "", {{as_of - 60 * kDay, as_of}}, {}, {}}}};
    for (const auto& index : observation.snapshot.indexes)
      usage.members[0].indexes.push_back({index.name, as_of - 60 * kDay, std::nullopt, 0, index.identity});
    for (const auto& table : observation.snapshot.tables)
      usage.members[0].tables.push_back({table.name, as_of - 60 * kDay, as_of, 5, {}});
    workload::Workload workload;
    for (const auto& text : texts) {
      workload.statements.push_back(
          {std::to_string(workload.statements.size() + 1), text, text, 10, model::Milliseconds(5), 1.0});
    }
    workload.writes[{"public", "orders"}].inserted = 1000;
    const std::vector<model::IndexMemory> memory;
    auto twin =
        sandbox::Database::clone(sandbox::server(), Cluster::shared().dsn(), observation.snapshot).value();
    return examine({observation.snapshot, *observation.activity, usage, memory}, workload, {}, &twin, {})
        .value();
  }
};

TEST_F(Rehearsing, DropsAnIndexThatNoStatementMisses) {
  const auto health = examined({"SELECT * FROM orders WHERE customer = $1", "SELECT count(*) FROM orders"});
  const auto redundant = of(health, "by_customer");
  EXPECT_EQ(redundant.verdict, "redundant");
  ASSERT_TRUE(redundant.rehearsal);
  EXPECT_EQ(redundant.rehearsal->planned, 2);
  for (const auto& statement : redundant.rehearsal->statements)
    EXPECT_LT(statement.cost_after, statement.cost_before * 1.1);
  const auto unused = of(health, "by_status");
  EXPECT_EQ(unused.verdict, "unused");
  EXPECT_EQ(unused.rehearsal->statements.size(), 0U);
  EXPECT_EQ(unused.ddl, "DROP INDEX CONCURRENTLY public.by_status");
  EXPECT_EQ(unused.write_overhead.writes, 1000);
  EXPECT_GT(unused.write_overhead.time.value().count(), 0);
}

TEST_F(Rehearsing, AsksForALookWhereAStatementWouldMissTheIndex) {
  const auto missed = of(examined({"SELECT * FROM orders WHERE status = $1"}), "by_status");
  EXPECT_EQ(missed.verdict + "/" + missed.detail, "review/worse_plans");
  ASSERT_EQ(missed.rehearsal->statements.size(), 1U);
  EXPECT_EQ(missed.rehearsal->statements[0].query, "SELECT * FROM orders WHERE status = $1");
  EXPECT_GT(missed.rehearsal->statements[0].cost_after, missed.rehearsal->statements[0].cost_before * 1.1);
}

TEST_F(Rehearsing, SaysHowTheStatisticsOfAnExpressionCanBeKept) {
  const auto report = of(examined({}), "by_note");
  EXPECT_EQ(report.verdict + "/" + report.detail, "review/expression");
  EXPECT_THAT(report.reasons,
              ::testing::Contains(HasSubstr("CREATE STATISTICS ON (lower(note)) FROM public.orders")));
}

class TestClock final : public model::Clock {
 public:
  model::Timestamp time = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
  model::Timestamp now() const override { return time; }
  std::chrono::steady_clock::time_point monotonic() const override { return {}; }
};

/// Polls of the real server into a history whose clock the test advances.
class Watched : public ::testing::Test {
 protected:
  Watched() : history(history::History::open({folder.path() / "history.sqlite"}, clock).value()) {
    Cluster::shared().execute(
        "CREATE TABLE t(a int, b int); INSERT INTO t VALUES (1); CREATE INDEX ix ON t(a)", database);
  }

  /// A poll as the daemon makes them: counters, then the catalog.
  void poll() {
    const auto observation = look(database);
    const auto& server = observation.snapshot.server;
    ASSERT_TRUE(history.record_usage("primary", server.system_identifier, database, *observation.poll));
    ASSERT_TRUE(history.record_definitions(observation.snapshot));
  }
  void execute(const std::string& sql) { Cluster::shared().execute(sql, database); }
  void watch(int days) {
    for (int day = 0; day < days; ++day) {
      clock.time += kDay / 4;
      poll();
      clock.time += kDay / 4;
      poll();
      clock.time += kDay / 4;
      poll();
      clock.time += kDay / 4;
      execute("INSERT INTO t VALUES (1)");
      poll();
    }
  }
  advisor::IndexReport judged(const std::string& index = "ix") {
    const auto observation = look(database);
    const auto usage = history.usage(database, {{"primary", {}}}).value();
    UsagePolicy policy;
    policy.window = 3 * kDay;
    const std::vector<model::IndexMemory> memory;
    return of(examine({observation.snapshot, *observation.activity, usage, memory}, {}, policy, nullptr, {})
                  .value(),
              index);
  }
  std::string verdict() { return judged().verdict; }

  const testing::TemporaryFolder folder;
  const std::string database = Cluster::shared().create_database();
  TestClock clock;
  history::History history;
};

TEST_F(Watched, IndexBecomesUnusedAfterTheWindow) {
  poll();
  EXPECT_EQ(verdict(), "observing");
  watch(2);
  EXPECT_EQ(verdict(), "observing");
  watch(1);
  EXPECT_EQ(verdict(), "unused");
  execute("SET enable_seqscan = off; SELECT * FROM t WHERE a = 1");
  watch(1);
  EXPECT_EQ(verdict(), "ok");
}

TEST_F(Watched, IndexKeepsItsHistoryWhenItIsReindexedOrMadeAnewAsItWas) {
  poll();
  watch(1);
  execute("REINDEX INDEX CONCURRENTLY ix");
  watch(1);
  execute("DROP INDEX ix; CREATE INDEX ix ON t USING btree (a ASC)");
  watch(1);
  EXPECT_EQ(verdict(), "unused");
  execute("DROP INDEX ix; CREATE INDEX ix ON t(b)");
  watch(1);
  EXPECT_EQ(verdict(), "observing");
}

TEST_F(Watched, IndexIsObservedAgainAfterACrashAndAfterAReset) {
  poll();
  watch(3);
  ASSERT_EQ(verdict(), "unused");
  execute("CHECKPOINT");  // the test's server does not wait for its log
  Cluster::shared().crash();
  Cluster::shared().start();
  poll();
  EXPECT_EQ(verdict(), "observing");
  EXPECT_THAT(judged().reasons, ElementsAre(HasSubstr("lost its counters")));
  watch(3);
  EXPECT_EQ(verdict(), "unused");
  execute("SELECT pg_stat_reset_single_table_counters('t'::regclass)");
  poll();
  EXPECT_EQ(verdict(), "observing");
  EXPECT_THAT(judged().reasons, ElementsAre(HasSubstr("were reset")));
  watch(3);
  Cluster::shared().restart();
  poll();
  EXPECT_EQ(verdict(), "unused") << "a restart in order loses nothing";
}

}  // namespace
}  // namespace pgadvisor::index_health
