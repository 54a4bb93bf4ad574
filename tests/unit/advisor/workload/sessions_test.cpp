#include "advisor/workload/sessions.hpp"

#include <gmock/gmock.h>

#include <string>

namespace pgadvisor::workload {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

model::DatabaseSnapshot with_tables(const std::vector<std::string>& names) {
  model::DatabaseSnapshot snapshot;
  for (const auto& name : names) snapshot.tables.emplace_back().name = {"public", name};
  return snapshot;
}

std::vector<Statement> statements(const std::vector<std::string>& texts) {
  std::vector<Statement> result;
  for (const auto& text : texts) result.emplace_back().text = text;
  return result;
}

TEST(ShareOut, KeepsStatementsOnTheSameTablesTogether) {
  const auto workload = statements(
      {"SELECT a FROM x", "SELECT 'x' FROM y", "SELECT b FROM X WHERE a = $1", "SELECT c FROM \"y\""});
  EXPECT_THAT(share_out(workload, with_tables({"x", "y"}), 2),
              ElementsAre(ElementsAre(0, 2), ElementsAre(1, 3)));
}

TEST(ShareOut, SplitsThoseOnOneTableRatherThanLeaveASessionIdle) {
  const auto workload =
      statements({"SELECT a FROM x", "SELECT b FROM x", "SELECT c FROM x", "SELECT d FROM x"});
  EXPECT_THAT(share_out(workload, with_tables({"x"}), 2), ElementsAre(ElementsAre(0, 1), ElementsAre(2, 3)));
  EXPECT_THAT(share_out(workload, with_tables({"x"}), 1), ElementsAre(ElementsAre(0, 1, 2, 3)));
  EXPECT_THAT(share_out(workload, with_tables({}), 4),
              ElementsAre(ElementsAre(0), ElementsAre(1), ElementsAre(2), ElementsAre(3)));
}

TEST(ShareOut, TakesJoinsForMoreWork) {
  const auto workload =
      statements({"SELECT * FROM a, b, c, d", "SELECT * FROM x", "SELECT * FROM y", "SELECT * FROM z"});
  EXPECT_THAT(share_out(workload, with_tables({"a", "b", "c", "d", "x", "y", "z"}), 2),
              ElementsAre(ElementsAre(0), ElementsAre(1, 2, 3)));
}

TEST(ShareOut, ToleratesNothingAndNonsense) {
  EXPECT_THAT(share_out({}, with_tables({"x"}), 2), ElementsAre(IsEmpty(), IsEmpty()));
  EXPECT_THAT(share_out(statements({"", "SELECT 'open"}), with_tables({"x"}), 2),
              ElementsAre(ElementsAre(0), ElementsAre(1)));
}

}  // namespace
}  // namespace pgadvisor::workload
