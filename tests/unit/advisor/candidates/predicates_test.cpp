#include "advisor/candidates/predicates.hpp"

#include <gmock/gmock.h>

namespace pgadvisor::candidates {
namespace {

using sandbox::Clause;
using sandbox::ClauseKind;

Clause test_of(ClauseKind kind, const std::string& column, const std::string& text) {
  Clause clause;
  clause.kind = kind;
  clause.key = {column};
  clause.text = text;
  clause.immutable = true;
  return clause;
}

Clause equality(const std::string& column, const std::string& literal, double selectivity) {
  auto clause = test_of(ClauseKind::kEquality, column, column + " = " + literal);
  clause.value = literal;
  clause.has_literal = true;
  clause.selectivity = selectivity;
  return clause;
}

Clause equality_with_parameter(const std::string& column) {
  auto clause = test_of(ClauseKind::kEquality, column, column + " = $1");
  clause.value = "$1";
  clause.has_parameter = true;
  clause.immutable = false;
  return clause;
}

/// $1 is asked for with `share` of the executions each.
Constants asked(std::vector<std::pair<std::string, double>> values, bool sampled) {
  workload::ParameterValues known;
  known.position = 1;
  known.sampled = sampled;
  for (auto& [literal, share] : values) known.values.push_back({literal, share});
  return {false, {known}, {"status"}};
}

constexpr bool kSampled = true;
const Constants kExample{true, {}, {"a", "b", "c", "d", "status", "at"}};

std::vector<std::string> texts(const sandbox::Scan& scan, const Constants& constants = {}) {
  std::vector<std::string> result;
  for (const auto& predicate : predicates(scan, constants)) result.push_back(predicate.text);
  return result;
}

TEST(Predicates, BeginWithNone) {
  EXPECT_THAT(texts({}), testing::ElementsAre(""));
}

TEST(Predicates, TakeTestsOneByOneAndTogether) {
  sandbox::Scan scan;
  scan.clauses = {test_of(ClauseKind::kNullTest, "deleted_at", "deleted_at IS NULL"),
                  test_of(ClauseKind::kBoolean, "open", "open")};
  EXPECT_THAT(texts(scan),
              testing::ElementsAre("", "deleted_at IS NULL", "open", "(deleted_at IS NULL) AND (open)"));
  EXPECT_EQ(predicates(scan, {}).back().one_valued, (std::set<std::string>{"deleted_at", "open"}));
  EXPECT_EQ(predicates(scan, {}).back().clauses, (std::set<std::string>{"deleted_at IS NULL", "open"}));
}

TEST(Predicates, TakeNoTestTwice) {
  sandbox::Scan scan;
  scan.clauses.assign(2, test_of(ClauseKind::kBoolean, "open", "open"));
  EXPECT_THAT(texts(scan), testing::ElementsAre("", "open"));
}

TEST(Predicates, LeaveWhatAnIndexCannotHold) {
  auto today = test_of(ClauseKind::kBoolean, "day", "day = CURRENT_DATE");
  today.immutable = false;
  sandbox::Scan scan;
  scan.clauses = {today};
  EXPECT_THAT(texts(scan), testing::ElementsAre(""));
}

TEST(Predicates, LeaveConditionsOfWhoseRowsNoStatisticsTellTheShare) {
  sandbox::Scan scan;
  scan.clauses = {test_of(ClauseKind::kOther, "", "a < b"),
                  test_of(ClauseKind::kBoolean, "", "is_vip(name)")};
  EXPECT_THAT(texts(scan), testing::ElementsAre(""));
}

TEST(Predicates, TakeEqualitiesOfAnExampleButNoRange) {
  auto range = equality("at", "'2026-01-01'", 0.1);
  range.kind = ClauseKind::kRange;
  sandbox::Scan scan;
  scan.clauses = {equality("status", "'new'", 0.2), range};
  EXPECT_THAT(texts(scan, kExample), testing::ElementsAre("", "status = 'new'"));
}

TEST(Predicates, LeaveLiteralsThatAreOneOfMany) {
  sandbox::Scan scan;
  scan.clauses = {equality("customer_id", "17", 0.001)};
  EXPECT_THAT(texts(scan, kExample), testing::ElementsAre(""));
}

TEST(Predicates, TakeTheRangesOfViewsToo) {
  auto range = equality("at", "'2026-01-01'", 0.1);
  range.kind = ClauseKind::kRange;
  range.text = "at > '2026-01-01'";
  sandbox::Scan scan;
  scan.clauses = {range};
  EXPECT_THAT(texts(scan), testing::ElementsAre("", "at > '2026-01-01'"));
}

TEST(Predicates, LeaveLiteralsThatMostRowsHave) {
  sandbox::Scan scan;
  scan.clauses = {equality("status", "'done'", 0.6)};
  EXPECT_THAT(texts(scan, kExample), testing::ElementsAre(""));
}

TEST(Predicates, TakeTheMostSelectiveLiterals) {
  sandbox::Scan scan;
  scan.clauses = {equality("a", "1", 0.4), equality("b", "1", 0.1), equality("c", "1", 0.3),
                  equality("d", "1", 0.2)};
  const auto found = texts(scan, kExample);
  EXPECT_THAT(found, testing::IsSupersetOf({"b = 1", "c = 1", "d = 1"}));
  EXPECT_THAT(found, testing::Not(testing::Contains("a = 1")));
}

TEST(Predicates, TakeTheValueThatExecutionsWereSeenToAskFor) {
  sandbox::Scan scan;
  scan.clauses = {equality_with_parameter("status")};
  EXPECT_THAT(texts(scan, asked({{"'pending'", 0.9}, {"'failed'", 0.1}}, kSampled)),
              testing::ElementsAre("", "status = 'pending'"));
}

TEST(Predicates, TakeNoValueOfManyEvenIfItWasAskedFor) {
  sandbox::Scan scan;
  scan.clauses = {equality_with_parameter("customer_id")};
  EXPECT_THAT(texts(scan, asked({{"17", 0.9}}, kSampled)), testing::ElementsAre(""));
}

TEST(Predicates, TakeNoValueThatIsOnlyDrawnFromStatistics) {
  sandbox::Scan scan;
  scan.clauses = {equality_with_parameter("status")};
  EXPECT_THAT(texts(scan, asked({{"'pending'", 0.9}}, !kSampled)), testing::ElementsAre(""));
}

}  // namespace
}  // namespace pgadvisor::candidates
