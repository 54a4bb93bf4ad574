#include "advisor/advise.hpp"
#include "advisor/lifecycle/catalog.hpp"
#include "collectors/sql/quote.hpp"
#include "tests/integration/clone_support.hpp"
#include "tests/support/cluster.hpp"
#include "tests/support/daemon.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Advice for a partitioned table: a year of measurements, a partition a month.

namespace pgadvisor::advisor {
namespace {

using ::testing::AllOf;
using testing::Cluster;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kMonths = 12;
/// Whole rows, as whether an index-only scan is worth it depends on what VACUUM could mark all-visible.
constexpr const char* kByDevice =
    "SELECT m FROM measurements m WHERE device_id = 77 AND at >= '2025-03-10' AND at < '2025-05-20'";
constexpr const char* kLatest =
    "SELECT m FROM measurements m WHERE device_id = 123 ORDER BY at DESC LIMIT 10";
/// Needs most of one partition: that nothing else is read is the partitions' merit.
constexpr const char* kOfAMonth =
    "SELECT device_id, avg(value) FROM measurements WHERE at >= '2025-06-01' AND at < '2025-07-01' GROUP BY "
    "1";

/// 240,000 rows; rows of a device lie as far from each other as they can.
std::string schema() {
  std::string sql =
      "CREATE TABLE measurements (device_id int NOT NULL, at timestamptz NOT NULL, value float8, note text) "
      "PARTITION BY RANGE (at);\n";
  for (int month = 0; month < kMonths; ++month) {
    const auto first = [](int number) {
      return fmt::format("'{}-{:02}-01'", 2025 + number / kMonths, number % kMonths + 1);
    };
    sql +=
        fmt::format("CREATE TABLE measurements_{} PARTITION OF measurements FOR VALUES FROM ({}) TO ({});\n",
                    month + 1, first(month), first(month + 1));
  }
  return sql +
         "INSERT INTO measurements SELECT (i * 7919) % 500, timestamptz '2025-01-01' + i * interval '131 "
         "seconds', i % 100, repeat('n', 60) FROM generate_series(0, 239999) i;\n"
         "VACUUM ANALYZE;\n";
}

workload::Workload workload_of(const std::vector<std::string>& texts) {
  workload::Workload workload;
  for (const auto& text : texts) {
    workload::Statement statement;
    statement.id = "test:" + std::to_string(workload.statements.size() + 1);
    statement.query = statement.text = text;
    statement.calls = 10;
    workload.statements.push_back(std::move(statement));
  }
  return workload;
}

class PartitionedAdvice : public ::testing::Test {
 protected:
  PartitionedAdvice() : database_(sandbox::make_database(schema())) {}

  [[nodiscard]] Advice advice(const std::vector<std::string>& texts = {kByDevice, kLatest, kOfAMonth}) const {
    const auto snapshot = sandbox::snapshot(database_);
    auto twin =
        sandbox::Database::clone(sandbox::server(), Cluster::shared().dsn(database_), snapshot).value();
    return advise(snapshot, workload_of(texts), twin, {}, model::SystemClock(), {}, {}).value();
  }
  void execute(const std::string& sql) const { Cluster::shared().execute(sql, database_); }
  [[nodiscard]] std::string value(const std::string& sql) const {
    return Cluster::shared().value(sql, database_);
  }
  [[nodiscard]] double pages_of(const std::string& index) const {
    return std::stod(
        value("SELECT sum(pg_relation_size(relid)) / 8192 FROM pg_partition_tree('" + index + "')"));
  }
  /// For each statement that the advice says an index serves: what it says it will cost, beside production's.
  void expect_predicted_costs(const Recommendation& recommendation) const {
    for (const auto& served : recommendation.statements) {
      const double real = sandbox::production_cost(database_, served.query);
      EXPECT_NEAR(served.cost_after.value, real, 0.01 * real) << served.query;
      EXPECT_LT(served.cost_after.value, 0.5 * served.cost_before.value) << served.query;
    }
  }

  std::string database_;
};

TEST_F(PartitionedAdvice, ProposesAnIndexOnTheParentThatIsWorthWhatWasSaid) {
  const auto before = advice();
  ASSERT_EQ(before.recommendations.size(), 1U);
  const auto& proposal = before.recommendations.front();
  EXPECT_EQ(proposal.definition.table, (model::ObjectName{"public", "measurements"}));
  EXPECT_EQ(proposal.definition.keys.front().column, "device_id");
  EXPECT_THAT(proposal.ddl, AllOf(HasSubstr("CREATE INDEX ix_measurements_device_id"),
                                  HasSubstr(" ON public.measurements (")));
  EXPECT_EQ(proposal.rollback, "DROP INDEX public." + proposal.index_name);
  EXPECT_THAT(proposal.reasons, Contains(HasSubstr("blocks writes to all 12 partitions")));
  EXPECT_EQ(proposal.statements.size(), 2U) << "the aggregate needs none";
  EXPECT_THAT(proposal.statements.front().plan_after,
              AllOf(HasSubstr(proposal.index_name), Not(HasSubstr("pgadvisor_"))));
  EXPECT_THAT(before.findings, Each(Field(&Finding::kind, Not("not_advised"))));

  execute(proposal.ddl);
  const auto predicted = static_cast<double>(proposal.size.value) / 8192;
  EXPECT_NEAR(pages_of(proposal.index_name), predicted, 0.02 * predicted);
  expect_predicted_costs(proposal);
  EXPECT_THAT(advice().recommendations, IsEmpty());

  execute(proposal.rollback);
  EXPECT_THAT(advice().recommendations, ElementsAre(Field(&Recommendation::id, proposal.id)));
}

TEST_F(PartitionedAdvice, NeedsNoStatisticsOfTheParent) {
  execute("DELETE FROM pg_statistic WHERE starelid = 'measurements'::regclass");
  const auto recommendations = advice().recommendations;
  ASSERT_EQ(recommendations.size(), 1U);
  EXPECT_THAT(recommendations.front().reasons, Not(Contains(HasSubstr("no column statistics"))));
}

TEST_F(PartitionedAdvice, IsCarriedOutOnceEveryPartitionHasItsPart) {
  const auto recommendation = advice().recommendations.front();
  lifecycle::Proposal proposal;
  proposal.table = recommendation.definition.table;
  proposal.definition = sql::describe(recommendation.definition);
  proposal.index = {"public", recommendation.index_name};
  const auto in_effect = [&] {
    return lifecycle::presence_of(proposal, lifecycle::catalog_of(sandbox::snapshot(database_))).in_effect;
  };
  EXPECT_FALSE(in_effect());
  execute("CREATE INDEX ours ON ONLY measurements" +
          proposal.definition.substr(proposal.definition.find(" (")));
  EXPECT_FALSE(in_effect());
  for (int month = 1; month <= kMonths; ++month) {
    auto own = recommendation.definition;
    own.table.name += fmt::format("_{}", month);
    execute(sql::create_index(own, fmt::format("own_{}", month), false));
    execute(fmt::format("ALTER INDEX ours ATTACH PARTITION own_{}", month));
  }
  EXPECT_TRUE(in_effect());
}

TEST_F(PartitionedAdvice, ProposesNothingThatEveryPartitionHas) {
  const auto proposal = advice().recommendations.front();
  for (int month = 1; month <= kMonths; ++month) {
    auto own = proposal.definition;
    own.table.name += fmt::format("_{}", month);
    execute(sql::create_index(own, fmt::format("own_{}", month), false));
  }
  EXPECT_THAT(advice().recommendations, IsEmpty());
}

TEST_F(PartitionedAdvice, ProposesAnIndexOnAPartitionForStatementsThatNameIt) {
  execute(
      "INSERT INTO measurements SELECT i % 500, '2025-06-15', 1, repeat('n', 60) FROM "
      "generate_series(1, 80000) i");
  execute("VACUUM ANALYZE measurements_6");
  const std::string named = "SELECT m FROM measurements_6 m WHERE device_id = 77";
  const auto alone = advice({named}).recommendations;
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_EQ(alone.front().definition.table.name, "measurements_6");
  EXPECT_THAT(alone.front().ddl, HasSubstr("CREATE INDEX CONCURRENTLY"));
  const auto together = advice({named, kByDevice, kLatest}).recommendations;
  ASSERT_EQ(together.size(), 1U) << "the parent's does it for both";
  EXPECT_EQ(together.front().definition.table.name, "measurements");
  EXPECT_EQ(together.front().statements.size(), 3U);
  const auto mostly = advice({named, named, named, named, named, named, named, named, kLatest});
  ASSERT_EQ(mostly.recommendations.size(), 1U) << "never a second one on the partition";
  EXPECT_EQ(mostly.recommendations.front().definition.table.name, "measurements");
}

TEST_F(PartitionedAdvice, SubtractsTheWritesOfAllPartitions) {
  auto workload = workload_of({kByDevice});
  model::TableCounters counters;
  counters.inserted = 100;
  for (int month = 1; month <= kMonths; ++month) {
    workload.writes[{"public", fmt::format("measurements_{}", month)}] = counters;
  }
  const auto snapshot = sandbox::snapshot(database_);
  auto twin = sandbox::Database::clone(sandbox::server(), Cluster::shared().dsn(database_), snapshot).value();
  const auto answer = advise(snapshot, workload, twin, {}, model::SystemClock(), {}, {}).value();
  ASSERT_EQ(answer.recommendations.size(), 1U);
  EXPECT_EQ(answer.recommendations.front().write_overhead.writes, 1200);
}

/// What `pgadvisor` prints is run as it is printed, or given to `apply` by its id.
class PartitionedOutput : public PartitionedAdvice {
 protected:
  [[nodiscard]] testing::ProgramOutput advise_as(const std::string& format) const {
    const auto workload = folder_.write("workload.sql", std::string(kByDevice) + ";\n" + kLatest + ";\n");
    return testing::run_pgadvisor({"advise", "--dsn", Cluster::shared().dsn_text(database_), "--workload",
                                   workload, "--format", format},
                                  folder_);
  }
  [[nodiscard]] std::string indexes() const {
    return value(
        "SELECT count(*) FILTER (WHERE indisvalid) || ' of ' || count(*) FROM pg_index i JOIN pg_class c ON "
        "c.oid = i.indrelid WHERE c.relname LIKE 'measurements%'");
  }

  testing::TemporaryFolder folder_;
};

TEST_F(PartitionedOutput, IsAScriptThatBlocksNobodyForLong) {
  const auto script = advise_as("sql");
  ASSERT_EQ(script.exit_code, 0) << script.err;
  EXPECT_THAT(script.out, AllOf(HasSubstr("CREATE INDEX CONCURRENTLY ix_measurements_12_device_id"),
                                HasSubstr(" ON ONLY public.measurements "), HasSubstr("ATTACH PARTITION")));
  sandbox::execute_script(script.out, database_);
  EXPECT_EQ(indexes(), "13 of 13");
  EXPECT_THAT(advise_as("text").out, HasSubstr("Nothing to do."));
}

TEST_F(PartitionedOutput, IsAppliedByItsId) {
  const auto json = advise_as("json");
  ASSERT_EQ(json.exit_code, 0) << json.err;
  const auto file = folder_.write("advice.json", json.out);
  const auto proposal = boost::json::parse(json.out).at("recommendations").at(0);
  const auto applied = testing::run_pgadvisor({"apply", "--dsn", Cluster::shared().dsn_text(database_),
                                               "--advice", file, std::string(proposal.at("id").as_string())},
                                              folder_);
  EXPECT_EQ(applied.exit_code, 0) << applied.err;
  EXPECT_EQ(indexes(), "13 of 13");
  execute(std::string(proposal.at("rollback").as_string()));
  EXPECT_EQ(indexes(), "0 of 0");
}

}  // namespace
}  // namespace pgadvisor::advisor
