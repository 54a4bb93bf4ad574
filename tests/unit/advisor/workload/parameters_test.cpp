#include "advisor/workload/parameters.hpp"

#include <gmock/gmock.h>

#include <numeric>

namespace pgadvisor::workload {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kQueue = "SELECT id FROM queue WHERE status = $1 AND id > $2";
const std::string kQueueShape = "select id from queue where status = ? and id > ?";

std::vector<ParameterValues> sampled(const std::string& text, const std::vector<model::SampledSlot>& slots) {
  SamplesByShape samples;
  for (const auto& slot : slots) samples.emplace(slot.shape, &slot);
  return sampled_values(text, samples);
}

sandbox::StatementScans comparison(const std::string& value, sandbox::ClauseKind kind) {
  sandbox::Clause clause;
  clause.kind = kind;
  clause.key = {"status"};
  clause.value = value;
  sandbox::Scan scan;
  scan.relation = {"public", "queue"};
  scan.clauses = {clause};
  return {{scan}, {}};
}

model::DatabaseSnapshot statistics(const std::string& values, const std::string& frequencies) {
  model::ColumnStatistics column;
  column.relation = {"public", "queue"};
  column.column = "status";
  column.null_fraction = 0.5;
  column.most_common_values = values;
  column.most_common_frequencies = frequencies;
  model::DatabaseSnapshot snapshot;
  snapshot.column_statistics = {column};
  return snapshot;
}

std::vector<ParameterValues> drawn(const std::string& value,
                                   sandbox::ClauseKind kind = sandbox::ClauseKind::kEquality,
                                   const std::vector<ParameterValues>& known = {}) {
  return drawn_values("SELECT id FROM queue WHERE status = $1 AND other = $2", comparison(value, kind),
                      statistics(R"({"it's \"x\", y",done})", "{0.4,0.09}"), known);
}

TEST(SampledValues, CountTheirShareOfAllExecutions) {
  const auto values = sampled(
      kQueue, {{kQueueShape, 0, {{"'pending'", 98}, {"'done'", 1}}, 1}, {kQueueShape, 1, {{"17", 9}}, 0}});
  ASSERT_THAT(values, SizeIs(1)) << "nine executions tell nothing";
  EXPECT_EQ(values[0].position, 1);
  EXPECT_TRUE(values[0].sampled);
  EXPECT_EQ(values[0].values[0].literal, "'pending'");
  EXPECT_DOUBLE_EQ(values[0].values[0].share, 0.98);
  EXPECT_EQ(values[0].typical, "'done'");
}

TEST(SampledValues, FollowTheNumbersOfTheStatementsOwnParameters) {
  const auto values =
      sampled("SELECT id FROM queue WHERE status = $7 AND id > $3", {{kQueueShape, 1, {{"17", 20}}, 0}});
  ASSERT_THAT(values, SizeIs(1));
  EXPECT_EQ(values[0].position, 3);
}

TEST(SampledValues, AreNotTakenFromAnotherStatement) {
  EXPECT_THAT(
      sampled("SELECT id FROM queue WHERE other = $1 AND id > $2", {{kQueueShape, 0, {{"'x'", 50}}, 0}}),
      IsEmpty());
}

TEST(CountedValues, AreThoseOfTheStatementOnTheTableOrAPartitionOfIt) {
  model::DatabaseSnapshot snapshot;
  snapshot.tables.resize(2);
  snapshot.tables[0] = {.oid = model::Oid{1}, .name = {"public", "queue"}, .kind = 'p', .columns = {}};
  snapshot.tables[1] = {
      .oid = model::Oid{2}, .name = {"public", "queue_1"}, .parent = model::Oid{1}, .columns = {}};
  const model::QueryId own{-5};
  snapshot.compared_values = {{own, {"public", "queue_1"}, "status", "'pending'", 90},
                              {own, {"public", "queue"}, "status", "'done'", 6},
                              {own, {"public", "queue_1"}, "status", "'done'", 2},
                              {own, {"public", "queue_1"}, "status", "", 2},
                              {own, {"public", "queue_1"}, "other", "'x'", 900},
                              {own, {"public", "parts"}, "status", "'x'", 900},
                              {model::QueryId{7}, {"public", "queue"}, "status", "'x'", 900}};
  const auto scans = comparison("$1", sandbox::ClauseKind::kEquality);
  const std::string text = "SELECT id FROM queue WHERE status = $1";
  const CountedValues counted(snapshot);
  const auto values = counted.of("-5", text, scans, {});
  ASSERT_THAT(values, SizeIs(1));
  EXPECT_TRUE(values[0].sampled);
  ASSERT_THAT(values[0].values, SizeIs(2));
  EXPECT_EQ(values[0].values[0].literal, "'pending'");
  EXPECT_DOUBLE_EQ(values[0].values[0].share, 0.9);
  EXPECT_DOUBLE_EQ(values[0].values[1].share, 0.08);
  EXPECT_THAT(counted.of("6", text, scans, {}), IsEmpty());
  EXPECT_THAT(counted.of("-5", text, scans, values), IsEmpty()) << "they are known";
}

TEST(DrawnValues, TakeTheColumnsCommonValuesByTheirShareOfRowsThatAreNotNull) {
  const auto values = drawn("$1");
  ASSERT_THAT(values, SizeIs(1));
  EXPECT_FALSE(values[0].sampled);
  EXPECT_EQ(values[0].values[0].literal, R"('it''s "x", y')");
  EXPECT_NEAR(values[0].values[0].share, 0.8, 1e-6);
  EXPECT_NEAR(values[0].values[1].share, 0.18, 1e-6);
  EXPECT_THAT(drawn("($1)::text"), SizeIs(1));
}

TEST(DrawnValues, LeaveAloneRangesExpressionsAndWhatIsKnown) {
  EXPECT_THAT(drawn("$1", sandbox::ClauseKind::kRange), IsEmpty());
  EXPECT_THAT(drawn("($1 || $2)"), IsEmpty());
  EXPECT_THAT(drawn("lower($1)"), IsEmpty());
  EXPECT_THAT(drawn("$1::" + std::string(1 << 20, 'x')), IsEmpty());
  EXPECT_THAT(drawn("$1", sandbox::ClauseKind::kEquality, {{1, {{"'x'", 1}}, {}, true}}), IsEmpty());
}

TEST(DrawnValues, LeaveAloneColumnsWithoutAFrequentValue) {
  EXPECT_THAT(
      drawn_values("SELECT id FROM queue WHERE status = $1", comparison("$1", sandbox::ClauseKind::kEquality),
                   statistics("{a,b}", "{0.01,0.01}"), {}),
      IsEmpty());
}

TEST(Settings, GiveEachFrequentValueAPlanAndTheRestATypicalOne) {
  const auto settings = settings_of({{1, {{"'a'", 0.6}, {"'b'", 0.3}, {"'c'", 0.04}}, "'c'", true}});
  ASSERT_THAT(settings, SizeIs(3));
  EXPECT_EQ(settings[0].literals.at(1), "'a'");
  EXPECT_DOUBLE_EQ(settings[1].share, 0.3);
  EXPECT_EQ(settings[2].literals.at(1), "'c'");
  EXPECT_NEAR(settings[2].share, 0.1, 1e-9);
}

TEST(Settings, KeepTheParameterWhereNoTypicalValueIsKnown) {
  const auto settings = settings_of({{1, {{"'a'", 0.6}}, "", true}});
  ASSERT_THAT(settings, SizeIs(2));
  EXPECT_THAT(settings[1].literals, IsEmpty());
}

TEST(Settings, StayFewAndSumUpToOne) {
  std::vector<ParameterValues> parameters;
  for (int i = 1; i <= 30; ++i) parameters.push_back({i, {{"1", 0.4}, {"2", 0.3}, {"3", 0.2}}, "4", true});
  const auto settings = settings_of(parameters);
  EXPECT_THAT(settings, SizeIs(5));
  EXPECT_THAT(settings[0].literals, SizeIs(30));
  EXPECT_NEAR(std::accumulate(settings.begin(), settings.end(), 0.0,
                              [](double sum, const auto& setting) { return sum + setting.share; }),
              1, 1e-9);
}

TEST(Settings, AreNoneWhereNothingIsKnown) {
  EXPECT_THAT(settings_of({}), IsEmpty());
  EXPECT_THAT(settings_of({{1, {{"'a'", 0.02}}, "", false}}), IsEmpty());
}

TEST(WithLiterals, PutsThemWhereTheirParametersAre) {
  EXPECT_EQ(with_literals("SELECT '$1' FROM q WHERE a = $1 AND b=-$2 AND c = $12 OR a = $1 -- $1",
                          {{1, "'x'"}, {2, "-5"}}),
            "SELECT '$1' FROM q WHERE a = 'x' AND b=- -5 AND c = $12 OR a = 'x' -- $1");
}

}  // namespace
}  // namespace pgadvisor::workload
