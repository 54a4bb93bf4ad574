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

std::vector<std::string> texts(const sandbox::Scan& scan) {
  std::vector<std::string> result;
  for (const auto& predicate : predicates(scan)) result.push_back(predicate.text);
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
  EXPECT_EQ(predicates(scan).back().columns, (std::set<std::string>{"deleted_at", "open"}));
}

TEST(Predicates, TakeNoTestTwice) {
  sandbox::Scan scan;
  scan.clauses.assign(2, test_of(ClauseKind::kBoolean, "open", "open"));
  EXPECT_THAT(texts(scan), testing::ElementsAre("", "open"));
}

TEST(Predicates, LeaveWhatAnIndexCannotHold) {
  auto today = test_of(ClauseKind::kBoolean, "", "is_today(at)");
  today.immutable = false;
  sandbox::Scan scan;
  scan.clauses = {today, test_of(ClauseKind::kEquality, "status", "status = 'new'")};
  EXPECT_THAT(texts(scan), testing::ElementsAre(""));
}

}  // namespace
}  // namespace pgadvisor::candidates
