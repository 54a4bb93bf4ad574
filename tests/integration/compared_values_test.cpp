#include "advisor/advise.hpp"
#include "collectors/model/clock.hpp"
#include "daemon/observe.hpp"
#include "tests/integration/clone_support.hpp"
#include "tests/support/cluster.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

// What pg_qualstats counts, read from a server that has it.

namespace pgadvisor::collectors {
namespace {

using ::testing::AllOf;
using testing::Cluster;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

bool is_available() {
  return Cluster::shared().value(
             "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_qualstats'") != "0";
}

/// 1 % of the rows are pending.
constexpr const char* kSchema = R"SQL(
CREATE EXTENSION pg_stat_statements;
CREATE EXTENSION pg_qualstats;
CREATE TABLE queue (id int, status text, priority int, note text);
INSERT INTO queue SELECT i, CASE WHEN i % 100 = 0 THEN 'pending' ELSE 'done' END, i % 10, repeat('x', 60)
  FROM generate_series(1, 100000) i;
ANALYZE queue;
)SQL";

TEST(ComparedValues, OfPgQualstatsAreEvidenceForAPartialIndex) {
  if (!is_available()) GTEST_SKIP() << "the package of pg_qualstats is not installed for this server";
  Cluster cluster({.settings = {{"shared_preload_libraries", "pg_stat_statements,pg_qualstats"},
                                {"pg_qualstats.sample_rate", "1"}}});
  const auto database = cluster.create_database();
  cluster.execute(kSchema, database);
  cluster.execute("CREATE ROLE watcher LOGIN; GRANT pg_monitor TO watcher; GRANT SELECT ON queue TO watcher",
                  database);
  for (int i = 0; i < 30; ++i)
    cluster.execute("SELECT count(note) FROM queue WHERE status = 'pending'", database);
  cluster.execute("SELECT count(note) FROM queue WHERE status = 'it''s :: done'", database);
  cluster.execute(fmt::format("SELECT count(note) FROM queue WHERE status = '{}'", std::string(90, 'x')),
                  database);

  const auto observed =
      daemon::observe(cluster.dsn(database, "watcher"), {}, daemon::WithActivity::kYes).value();
  const auto& values = observed.snapshot.compared_values;
  ASSERT_EQ(values.size(), 3U);
  EXPECT_EQ(values[0].literal, "'pending'");
  EXPECT_EQ(values[0].executions, 30);
  EXPECT_EQ(values[0].table, (model::ObjectName{"public", "queue"}));
  EXPECT_EQ(values[0].column, "status");
  EXPECT_EQ(values[1].literal, "") << "too long to be known";
  EXPECT_EQ(values[2].literal, "'it''s :: done'");

  auto twin = sandbox::Database::clone(sandbox::server(), observed.dsn, observed.snapshot).value();
  const auto workload = workload::from_activity(observed.activity.value());
  const auto advice =
      advisor::advise(observed.snapshot, workload, twin, {}, model::SystemClock(), {}, {}).value();
  ASSERT_EQ(advice.recommendations.size(), 1U);
  EXPECT_THAT(advice.recommendations[0].ddl, HasSubstr("WHERE status = 'pending'"));
  EXPECT_THAT(advice.recommendations[0].reasons,
              Contains(AllOf(HasSubstr("up to 94 % of the executions"), HasSubstr("generic plan"))));
}

TEST(ComparedValues, ThatCannotBeReadAreALimitation) {
  if (!is_available()) GTEST_SKIP() << "the package of pg_qualstats is not installed for this server";
  auto& cluster = Cluster::shared();
  const auto database = cluster.create_database();
  cluster.execute("CREATE EXTENSION pg_qualstats", database);
  const auto snapshot = sandbox::snapshot(database);
  EXPECT_THAT(snapshot.compared_values, IsEmpty());
  EXPECT_THAT(snapshot.limitations, Contains(HasSubstr("shared_preload_libraries")));
}

}  // namespace
}  // namespace pgadvisor::collectors
