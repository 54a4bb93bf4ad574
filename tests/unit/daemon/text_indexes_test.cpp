#include "daemon/text.hpp"

#include "tests/support/sample_publication.hpp"

#include <gmock/gmock.h>

namespace pgadvisor::daemon::text {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string shown(const advisor::IndexHealth& health) {
  return as_text(health, "shop", 150018);
}

TEST(IndexText, BeginsWithWhatThereIsToDo) {
  EXPECT_THAT(shown(testing::sample_health()),
              StartsWith("Database shop (PostgreSQL 15.18): 2 indexes, 24 kB.\n"
                         "1 can go (8.0 kB), 1 foreign key has no index.\n"
                         "Use is known since 2026-01-23 05:00 UTC.\n"
                         "  db1:5432: counted\n"));
}

TEST(IndexText, ShowsADropWithItsRehearsalAndTheWayBack) {
  const auto text = shown(testing::sample_health());
  EXPECT_THAT(
      text, HasSubstr("CAN GO\n\n   8.0 kB  public.ix_a on public.orders: unused\n"
                      "           - no scans in 40 days\n"
                      "           Rehearsed: of 3 statements on its table, 1 gets worse.\n"
                      "             2.00 -> 2.10  SELECT 1\n"
                      "           Saves 17 index entries, some 2 ms and 4.0 kB of WAL.\n"
                      "           DROP INDEX CONCURRENTLY public.ix_a;\n"
                      "           back: CREATE INDEX CONCURRENTLY ix_a ON public.orders USING btree (a);\n"));
}

TEST(IndexText, ShowsForeignKeysAndALineForEachOfTheRest) {
  const auto text = shown(testing::sample_health());
  EXPECT_THAT(text, HasSubstr(" critical  public.orders (customer_id)\n"));
  EXPECT_THAT(text, HasSubstr("THE REST\n\n    16 kB  public.orders_pkey  ok"));
}

TEST(IndexText, SaysThatThereIsNothingToDo) {
  auto health = testing::sample_health();
  health.foreign_keys.clear();
  health.indexes.erase(health.indexes.begin());
  const auto text = shown(health);
  EXPECT_THAT(text, HasSubstr("Nothing to do.\n"));
  EXPECT_THAT(text, Not(HasSubstr("CAN GO")));
}

TEST(IndexText, SaysWhichServerCouldNotBeAsked) {
  auto health = testing::sample_health();
  health.members.push_back({"db2:5432", false, std::nullopt, 0, "db2:5432 has not been reached yet"});
  EXPECT_THAT(shown(health), HasSubstr("  db2:5432: db2:5432 has not been reached yet\n"));
}

TEST(IndexText, LetsNoNameEndALine) {
  auto health = testing::sample_health();
  health.indexes[0].index.name = "a\nDROP TABLE t; --";
  health.indexes[0].reasons = {"x\x1b[31m"};
  const auto text = shown(health);
  EXPECT_THAT(text, Not(HasSubstr("\nDROP TABLE")));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace pgadvisor::daemon::text
