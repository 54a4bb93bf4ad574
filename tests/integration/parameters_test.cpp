#include "advisor/advise.hpp"
#include "advisor/recommendation/recommend.hpp"
#include "advisor/selection/problem.hpp"
#include "advisor/whatif/candidate_set.hpp"
#include "advisor/whatif/whatif.hpp"
#include "advisor/workload/analyse.hpp"
#include "daemon/observe.hpp"
#include "daemon/wire.hpp"
#include "tests/integration/clone_support.hpp"
#include "tests/support/cluster.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

#include <array>

namespace pgadvisor::workload {
namespace {

using testing::Cluster;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

/// 1 % of the rows are pending. `indexed` has an index on status, `bare` has none.
constexpr const char* kSchema = R"SQL(
CREATE TABLE indexed (id int PRIMARY KEY, status text NOT NULL, customer text NOT NULL, note text);
INSERT INTO indexed SELECT i, CASE WHEN i % 100 = 0 THEN 'pending' ELSE 'done' END, 'customer' || i % 5000, repeat('x', 60)
  FROM generate_series(1, 100000) i;
CREATE TABLE bare AS SELECT * FROM indexed;
CREATE INDEX ON indexed (status);
)SQL";

const std::string kPending = "SELECT id, note FROM indexed WHERE status = $1";

ParameterValues sampled_status() {
  return {1, {{"'pending'", 0.98}, {"'done'", 0.02}}, "'done'", true};
}

/// One production database and one twin of it for all tests of this file.
class Parameters : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = Cluster::shared().create_database();
    Cluster::shared().execute(kSchema, database_);
    Cluster::shared().execute("VACUUM ANALYZE", database_);
    observation_ = daemon::observe(Cluster::shared().dsn(database_), {}, daemon::WithActivity::kNo).value();
    twin_.emplace(
        sandbox::Database::clone(sandbox::server(), observation_->dsn, observation_->snapshot).value());
  }
  static void TearDownTestSuite() { twin_.reset(); }
  void SetUp() override { ASSERT_TRUE(twin_->reset()); }

  static Workload workload_of(const std::string& text, std::vector<ParameterValues> parameters) {
    Workload workload;
    Statement statement;
    statement.id = "1";
    statement.query = statement.text = text;
    statement.calls = 100;
    statement.time = model::Seconds(100);
    statement.parameters = std::move(parameters);
    workload.statements = {statement};
    workload.coverage.emplace().total = model::Seconds(100);
    return workload;
  }

  static AnalysedWorkload analysed(const std::string& text, std::vector<ParameterValues> parameters) {
    return analyse(workload_of(text, std::move(parameters)), observation_->snapshot, *twin_, {}).value();
  }

  /// What production's own planner says of the statement as executed.
  static double cost_in_production(const std::string& text) {
    return sandbox::production_cost(database_, text);
  }

  static inline std::string database_;
  static inline std::optional<daemon::Observation> observation_;
  static inline std::optional<sandbox::Database> twin_;
};

TEST_F(Parameters, MakeTheCostTheMeanOverTheSampledValues) {
  const auto statement = analysed(kPending, {sampled_status()}).statements.at(0);
  const double pending = cost_in_production("SELECT id, note FROM indexed WHERE status = 'pending'");
  const double done = cost_in_production("SELECT id, note FROM indexed WHERE status = 'done'");
  const double mean = 0.98 * pending + 0.02 * done;
  EXPECT_NEAR(statement.base_cost.value, mean, 0.001 * mean);

  const auto generic = twin_->prepare(kPending).value();
  const std::array<sandbox::Configuration, 1> none{};
  const double generic_cost = twin_->costs(generic, none).value().front().total.value;
  EXPECT_GT(generic_cost, 1.5 * mean) << "the generic plan reads half of the table";
}

TEST_F(Parameters, AreDrawnFromTheColumnWhereNobodySampledThem) {
  const auto statement = analysed(kPending, {}).statements.at(0);
  ASSERT_THAT(statement.parameters, SizeIs(1));
  EXPECT_FALSE(statement.parameters[0].sampled);
  EXPECT_EQ(statement.parameters[0].values[0].literal, "'done'");
  double mean = 0;
  for (const auto& value : statement.parameters[0].values) {
    mean += value.share * cost_in_production("SELECT id, note FROM indexed WHERE status = " + value.literal);
  }
  EXPECT_NEAR(statement.base_cost.value, mean, 0.001 * mean);
}

TEST_F(Parameters, AreNotDrawnForAColumnWithoutFrequentValues) {
  const auto statement = analysed("SELECT id FROM bare WHERE customer = $1 AND id = $2", {}).statements.at(0);
  EXPECT_THAT(statement.parameters, IsEmpty());
  EXPECT_THAT(statement.parts[0].variants, IsEmpty());
}

TEST_F(Parameters, MakeAPlanOfATextThatOnlyItsLiteralsMakeWhole) {
  const auto one = analysed("SELECT id FROM bare WHERE now() - interval $1 > date $2",
                            {{1, {{"'1 day'", 1}}, {}, true}, {2, {{"'2026-01-01'", 1}}, {}, true}});
  ASSERT_THAT(one.statements, SizeIs(1));
  EXPECT_THAT(one.statements[0].parts[0].variants, SizeIs(1));
}

// PostgreSQL knows no operator for two values of unknown type; the numbers that stood there had one.
TEST_F(Parameters, AreNumbersWhereTheirTextLeavesNoOtherType) {
  for (const char* text :
       {"SELECT note FROM bare WHERE id BETWEEN $1 - $2 AND $1 + $2", "SELECT sum(id * ($1 - $2)) FROM bare",
        "SELECT note FROM bare WHERE now() > date $1 + $2 AND id = $3",
        "SELECT note FROM bare JOIN generate_series($1, $2) n ON n = id",
        "SELECT note FROM bare WHERE CAST(customer AS date) + $1 > $2"}) {
    EXPECT_THAT(analysed(text, {}).statements, SizeIs(1)) << text;
  }
}

TEST_F(Parameters, LeaveOutValuesThatTheirTypeRefuses) {
  const auto statement =
      analysed("SELECT note FROM bare WHERE id = $1", {{1, {{"'no number'", 0.5}, {"7", 0.5}}, {}, true}})
          .statements.at(0);
  ASSERT_THAT(statement.parts[0].variants, SizeIs(1));
  EXPECT_DOUBLE_EQ(statement.parts[0].variants[0].share, 1);
}

TEST_F(Parameters, ShowThatTheBestIndexDependsOnTheValue) {
  const auto all = analysed("SELECT id FROM bare WHERE status = $1 ORDER BY id LIMIT 10", {sampled_status()});
  const auto candidates =
      whatif::create_candidates({{{"public", "bare"}, "btree", {{"id"}}, {}, "status = 'pending'"}},
                                "candidate", observation_->snapshot, *twin_, {})
          .value();
  ASSERT_THAT(candidates, SizeIs(1));
  whatif::WhatIf whatif(*twin_, all.statements, candidates);
  const sandbox::Configuration partial{candidates.begin()->first};
  EXPECT_EQ(whatif.execution(0, partial).value().used, partial) << "which no generic plan could use";
  EXPECT_TRUE(whatif.depends_on_values(0, partial).value());
  EXPECT_FALSE(whatif.depends_on_values(0, {}).value());
  EXPECT_NEAR(whatif.execution(0, {}).value().cost.value, all.statements[0].base_cost.value, 1e-6);
  EXPECT_LT(whatif.execution(0, partial).value().cost.value, 0.1 * all.statements[0].base_cost.value);
}

TEST_F(Parameters, StaySecretInTheAnswer) {
  const auto workload = workload_of("SELECT id FROM bare WHERE customer = $1",
                                    {{1, {{"'customer17'", 0.5}}, "'customer18'", true}});
  const model::SystemClock clock;
  const auto advice = advisor::advise(observation_->snapshot, workload, *twin_, {}, clock, {}, {}).value();
  EXPECT_THAT(advice.recommendations, SizeIs(1));
  EXPECT_THAT(boost::json::serialize(daemon::to_json(advice)), Not(HasSubstr("customer1")));
}

TEST_F(Parameters, ShowThePlanOfTheValueThatAPartialIndexHoldsAndNoOther) {
  const auto workload =
      workload_of("SELECT id FROM bare WHERE status = $1 AND customer <> $2 ORDER BY id LIMIT 10",
                  {sampled_status(), {2, {{"'customer17'", 1}}, {}, true}});
  const auto all = analyse(workload, observation_->snapshot, *twin_, {}).value();
  const auto candidates =
      whatif::create_candidates({{{"public", "bare"}, "btree", {{"id"}}, {}, "status = 'pending'"}},
                                "candidate", observation_->snapshot, *twin_, {})
          .value();
  whatif::WhatIf whatif(*twin_, all.statements, candidates);
  const selection::WriteModel writes(workload, all, observation_->snapshot);
  const auto problem = selection::make_problem(whatif, candidates, writes, observation_->snapshot.indexes, 0);
  selection::Selection selection;
  selection.steps = {{candidates.begin()->first, 1}};
  selection.cost_before = 1;
  const auto recommendations = recommendation::recommend({observation_->snapshot, candidates, problem,
                                                          selection, writes, whatif, *twin_})
                                   .value();
  ASSERT_THAT(recommendations, SizeIs(1));
  ASSERT_THAT(recommendations[0].statements, SizeIs(1));
  const auto& plan = recommendations[0].statements[0].plan_after;
  EXPECT_THAT(plan, HasSubstr(recommendations[0].index_name));
  EXPECT_THAT(plan, Not(HasSubstr("customer17")));
}

TEST_F(Parameters, AccountForTheTimeOfEveryStatement) {
  auto workload = workload_of(kPending, {});
  workload.statements.push_back(workload.statements[0]);
  workload.statements[1].text = "SELECT missing FROM nowhere";
  workload.statements[1].time = model::Seconds(30);
  workload.statements.push_back(workload.statements[1]);
  workload.statements[2].text = "SELECT relname FROM pg_class";
  workload.statements[2].time = model::Seconds(50);
  // As of another version's pg_dump: the sandbox refuses it, and it is none of the workload all the same.
  workload.statements.push_back(workload.statements[2]);
  workload.statements[3].text = "SELECT oid, amtype, amfuture FROM pg_am";
  workload.statements[3].time = model::Seconds(20);
  const auto analysed = analyse(workload, observation_->snapshot, *twin_, {}).value();
  const auto& coverage = *analysed.coverage;
  EXPECT_THAT(analysed.skipped, SizeIs(1));
  EXPECT_EQ(coverage.analysed, model::Seconds(100));
  ASSERT_THAT(coverage.rest, SizeIs(2));
  EXPECT_EQ(coverage.rest[0].reason, "system_catalogs");
  EXPECT_EQ(coverage.rest[0].time, model::Seconds(70));
  EXPECT_EQ(coverage.rest[1].reason, "refused");
  EXPECT_EQ(coverage.rest[1].time, model::Seconds(30));
}

}  // namespace
}  // namespace pgadvisor::workload
