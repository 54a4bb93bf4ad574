#include "advisor/advise.hpp"
#include "daemon/observe.hpp"
#include "tests/integration/clone_support.hpp"
#include "tests/support/cluster.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

// What a careful DBA would answer for small workloads that run for real. Each test says why, and what
// advisors get wrong there that pick by the cost of queries alone.

namespace pgadvisor::advisor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Oltp : public ::testing::Test {
 protected:
  Oltp() : database_(cluster().create_database()) { execute("CREATE EXTENSION pg_stat_statements"); }

  static testing::Cluster& cluster() { return testing::Cluster::shared(); }

  void fill(const std::string& sql) {
    execute(sql);
    execute("VACUUM ANALYZE");
    cluster().execute("SELECT pg_stat_statements_reset()");
    execute("SELECT pg_stat_reset()");
  }
  void execute(const std::string& sql) { cluster().execute(sql, database_); }
  /// In one session, each statement for itself.
  void times(int count, const std::function<std::string(int)>& statement) {
    std::string all;
    for (int i = 0; i < count; ++i) all += statement(i) + ";\n";
    execute(all);
  }

  /// What is recommended for what ran so far, when the daemon saw the statement with this text in it executed
  /// with this value of $1.
  [[nodiscard]] std::vector<std::string> recommended(const std::string& sampled = {},
                                                     const std::string& literal = {}) const {
    auto observation = daemon::observe(cluster().dsn(database_), {}, daemon::WithActivity::kYes).value();
    auto twin = sandbox::Database::clone(sandbox::server(), observation.dsn, observation.snapshot).value();
    auto workload = workload::from_activity(*observation.activity);
    for (auto& statement : workload.statements) {
      if (!literal.empty() && statement.text.find(sampled) != std::string::npos) {
        statement.parameters = {{1, {{literal, 1}}, literal, true}};
      }
    }
    const auto advice =
        advise(observation.snapshot, workload, twin, {}, model::SystemClock(), {}, {}).value();
    EXPECT_GT(advice.analysed, 0) << "no advice on nothing";
    for (const auto& skipped : advice.skipped) {
      const auto text =
          cluster().value("SELECT query FROM pg_stat_statements WHERE queryid = " + skipped.query_id);
      // pg_dump's own statements are there from the second look on.
      if (text.find("pg_catalog.") == std::string::npos) ADD_FAILURE() << text << ": " << skipped.reason;
    }
    std::vector<std::string> result;
    for (const auto& recommendation : advice.recommendations) result.push_back(recommendation.ddl);
    return result;
  }
  /// Builds them; afterwards nothing is left to recommend.
  void expect_final(const std::vector<std::string>& ddl) {
    for (const auto& statement : ddl) execute(statement);
    execute("VACUUM ANALYZE");
    EXPECT_THAT(recommended(), IsEmpty()) << "beside what was just built";
  }

  std::string database_;
};

// Every statement of TPC-B finds its row by primary key. Advisors that look at seq_scan counters want indexes
// on the two small tables, whose pages the planner rather reads.
TEST_F(Oltp, TpcBNeedsNoIndex) {
  fill(
      "CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88)) WITH (fillfactor = "
      "100);"
      "CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int, tbalance int, filler char(84));"
      "CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84));"
      "CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));"
      "INSERT INTO pgbench_branches SELECT i, 0, '' FROM generate_series(1, 5) i;"
      "INSERT INTO pgbench_tellers SELECT i, (i - 1) / 10 + 1, 0, '' FROM generate_series(1, 50) i;"
      "INSERT INTO pgbench_accounts SELECT i, (i - 1) / 100000 + 1, 0, '' FROM generate_series(1, 300000) i;"
      "INSERT INTO pgbench_history SELECT i % 50 + 1, i % 5 + 1, i, 1, now(), '' FROM generate_series(1, "
      "200000) i");
  times(300, [](int i) {
    const auto account = std::to_string(i * 997 % 300000 + 1);
    const auto teller = std::to_string(i % 50 + 1);
    const auto branch = std::to_string(i % 5 + 1);
    return "BEGIN; UPDATE pgbench_accounts SET abalance = abalance + 7 WHERE aid = " + account +
           "; SELECT abalance FROM pgbench_accounts WHERE aid = " + account +
           "; UPDATE pgbench_tellers SET tbalance = tbalance + 7 WHERE tid = " + teller +
           "; UPDATE pgbench_branches SET bbalance = bbalance + 7 WHERE bid = " + branch +
           "; INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (" + teller + ", " + branch +
           ", " + account + ", 7, CURRENT_TIMESTAMP); END";
  });
  EXPECT_THAT(recommended(), IsEmpty());
}

// One report reads the log while rows pour in: what it would save is less than what every insert would pay.
TEST_F(Oltp, WriteHeavyLogGetsNoIndexForARareReport) {
  fill(
      "CREATE TABLE log (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, level int, source int, message "
      "text);"
      "INSERT INTO log (level, source, message) SELECT i % 5, i % 5000, repeat('x', 60)"
      " FROM generate_series(1, 150000) i");
  execute("SELECT id, message FROM log WHERE source = 17");
  EXPECT_THAT(recommended(), ElementsAre(HasSubstr("ON public.log (source)"))) << "as long as nobody writes";
  execute(
      "INSERT INTO log (level, source, message) SELECT i % 5::int, i % 5000::int, 'y'"
      " FROM generate_series(1::int, 500000::int) i");
  EXPECT_THAT(recommended(), IsEmpty());
}

// Whatever the tenant's size, its newest documents are at one end of (tenant_id, created_at): one index for
// all. An index on tenant_id alone sorts half of the table for the largest tenant; a partial one serves that
// tenant only.
TEST_F(Oltp, SkewedTenantsShareOneCompositeIndex) {
  fill(
      "CREATE TABLE documents (id int PRIMARY KEY, tenant_id int NOT NULL, created_at timestamptz NOT NULL,"
      " title text);"
      "INSERT INTO documents SELECT i, CASE WHEN i % 10 < 6 THEN 1 ELSE 2 + i % 1000 END,"
      " timestamptz '2026-01-01' + (i * 7919 % 200000) * interval '1 minute', repeat('t', 60)"
      " FROM generate_series(1, 200000) i");
  times(40, [](int i) {
    const auto tenant = std::to_string(i % 2 == 0 ? 1 : 2 + (i % 100) * 10 + 7);
    return "SELECT id, title, created_at FROM documents WHERE tenant_id = " + tenant +
           " ORDER BY created_at DESC LIMIT 20";
  });
  const auto ddl = recommended();
  ASSERT_EQ(ddl.size(), 1U) << ::testing::PrintToString(ddl);
  EXPECT_THAT(ddl.front(), HasSubstr("ON public.documents (tenant_id, created_at"));
  EXPECT_THAT(ddl.front(), Not(HasSubstr(" WHERE ")));
}

// Of half a million jobs some hundred wait. Workers ask for these, and every job is inserted, taken and
// finished: only the partial index stays small, and finished jobs leave it. Advisors that take $1 for any
// state offer (state, run_at) or state, hundreds of times as large, which every job enters three times.
TEST_F(Oltp, QueueIsIndexedWhereJobsWait) {
  fill(
      "CREATE TABLE jobs (id int PRIMARY KEY, state text NOT NULL, run_at timestamptz NOT NULL, payload text);"
      "INSERT INTO jobs SELECT i, CASE WHEN i % 2000 = 0 THEN 'waiting' ELSE 'done' END,"
      " timestamptz '2026-01-01' + i * interval '1 second', repeat('p', 80) FROM generate_series(1, 300000) i");
  times(30, [](int i) {
    const auto id = std::to_string(300001 + i);
    return "SELECT id, payload FROM jobs WHERE state = 'waiting' AND run_at <= now() ORDER BY run_at LIMIT 10"
           " FOR UPDATE SKIP LOCKED;"
           "INSERT INTO jobs VALUES (" +
           id + ", 'waiting', now(), 'p'); UPDATE jobs SET state = 'running' WHERE id = " + id +
           "; UPDATE jobs SET state = 'done' WHERE id = " + id;
  });
  const auto ddl = recommended("ORDER BY run_at", "'waiting'");
  ASSERT_EQ(ddl.size(), 1U) << ::testing::PrintToString(ddl);
  EXPECT_THAT(ddl.front(), HasSubstr("ON public.jobs (run_at) WHERE"));
  EXPECT_THAT(ddl.front(), HasSubstr("'waiting'"));
}

// The e-mail address tells users apart, deleted_at hardly anything: it belongs into the predicate or nowhere,
// never among the key columns.
TEST_F(Oltp, SoftDeletedRowsAreNoKeyColumn) {
  fill(
      "CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL, name text, deleted_at timestamptz);"
      "INSERT INTO users SELECT i, 'user' || i || '@example.com', repeat('n', 60),"
      " CASE WHEN i % 50 = 0 THEN now() END FROM generate_series(1, 150000) i");
  times(30, [](int i) {
    return "SELECT id, name FROM users WHERE email = 'user" + std::to_string(i * 37) +
           "@example.com' AND deleted_at IS NULL";
  });
  const auto ddl = recommended();
  ASSERT_EQ(ddl.size(), 1U) << ::testing::PrintToString(ddl);
  EXPECT_THAT(ddl.front(), HasSubstr("ON public.users (email)"));
  expect_final(ddl);
}

// One device's newest readings: the device first, then the time. Time alone reads all devices' rows, the
// device alone all its history.
TEST_F(Oltp, TimeSeriesIsIndexedByDeviceThenTime) {
  fill(
      "CREATE TABLE readings (device_id int NOT NULL, taken_at timestamptz NOT NULL, value float8, quality "
      "int);"
      "INSERT INTO readings SELECT i % 200, timestamptz '2026-01-01' + i * interval '1 second', i % 977, i % "
      "3"
      " FROM generate_series(1, 300000) i");
  times(30, [](int i) {
    return "SELECT avg(value) FROM readings WHERE device_id = " + std::to_string(i * 7 % 200) +
           " AND taken_at >= timestamptz '2026-01-04 09:00' AND taken_at < timestamptz '2026-01-04 10:00';"
           "INSERT INTO readings VALUES (" +
           std::to_string(i) + ", now(), 1, 1)";
  });
  const auto ddl = recommended();
  ASSERT_EQ(ddl.size(), 1U) << ::testing::PrintToString(ddl);
  EXPECT_THAT(ddl.front(), HasSubstr("ON public.readings (device_id, taken_at)"));
}

// A table of one page is read whole faster than any index leads to it, however often: seq_scan counters say
// nothing.
TEST_F(Oltp, SettingsOfFortyRowsGetNoIndexForAnyNumberOfScans) {
  fill(
      "CREATE TABLE settings (name text, value text);"
      "INSERT INTO settings SELECT 'k' || i, i FROM generate_series(1, 40) i");
  execute(
      "SET pg_stat_statements.track = 'all'; DO $$ DECLARE v text; BEGIN FOR i IN 1..100000 LOOP"
      " EXECUTE 'SELECT value FROM settings WHERE name = $1' INTO v USING 'k' || i % 40; END LOOP; END $$");
  EXPECT_GE(std::stoi(cluster().value("SELECT seq_scan FROM pg_stat_user_tables", database_)), 100000);
  EXPECT_THAT(recommended(), IsEmpty());
}

}  // namespace
}  // namespace pgadvisor::advisor
