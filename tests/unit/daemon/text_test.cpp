#include "daemon/text.hpp"

#include "tests/support/sample_publication.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace pgadvisor::daemon::text {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

advisor::Advice timed_advice() {
  auto advice = testing::sample_database("shop").advice;
  advice.saved_per_day = std::chrono::minutes(41);
  advice.coverage = advisor::TimeCoverage{std::chrono::hours(3),
                                          std::chrono::hours(2),
                                          {{"utility", 12, std::chrono::minutes(45)}},
                                          7,
                                          std::nullopt};
  return advice;
}

TEST(Text, SaysWhatIsSavedADay) {
  EXPECT_THAT(as_text(timed_advice()), HasSubstr("That saves 41 minutes of database time a day."));
}

TEST(Text, SaysHowMuchOfTheTimeWasAnalysedAndWhyNotAll) {
  const auto text = as_text(timed_advice());
  EXPECT_THAT(text, HasSubstr("Statement time seen: 3.0 hours, 66.7 % of it analysed. Not analysed: utility "
                              "25.0 % (12)."));
  EXPECT_THAT(text, HasSubstr("dropped 7 statements"));
}

TEST(Text, ShowsWhatARecommendedIndexReplacesAsPartOfIt) {
  const auto advice = testing::sample_database("shop").advice;
  EXPECT_THAT(as_text(advice), HasSubstr("then: DROP INDEX CONCURRENTLY public.ix_old; frees 320 kB"));
  // In a script it would run even where CREATE INDEX failed.
  EXPECT_THAT(as_sql(advice, {}),
              HasSubstr("\n-- Once it is valid: DROP INDEX CONCURRENTLY public.ix_old;\n"));
}

TEST(Text, SaysNothingOfTimeWhereNoneIsKnown) {
  const auto text = as_text(testing::sample_database("shop").advice);
  EXPECT_THAT(text, Not(HasSubstr("a day")));
  EXPECT_THAT(text, Not(HasSubstr("Statement time")));
}

TEST(Text, SaysInALineWhatIsNotProposedAndWhy) {
  const auto text = as_text(testing::sample_database("shop").advice);
  EXPECT_THAT(text,
              HasSubstr("\nNot proposed, and why:\n - ON public.orders (status): 400 kB, would save 25.0 % "
                        "alone, 1.0 % beside the proposed ones. ix_orders_customer_id, which is proposed, "
                        "serves the same statements.\n"));
  EXPECT_THAT(text, HasSubstr(" - 30.0 % of the cost, 43: SELECT 2\n   It reads no table"));
}

TEST(Text, ShowsTheFirstFewThatAreNotProposed) {
  auto advice = testing::sample_database("shop").advice;
  EXPECT_THAT(not_proposed(advice), Not(HasSubstr("more")));
  advice.alternatives.resize(9, testing::sample_alternative());
  EXPECT_THAT(not_proposed(advice), HasSubstr(" - and 4 more\n"));
  advice.alternatives.clear();
  advice.unhelped.clear();
  EXPECT_EQ(not_proposed(advice), "");
}

TEST(Text, KeepsHostileNamesOfWhatIsNotProposedOnTheirLine) {
  auto advice = testing::sample_database("shop").advice;
  advice.unhelped.clear();
  advice.alternatives.front().definition.table.name = testing::kHostile;
  advice.alternatives.front().message = testing::kHostile;
  EXPECT_EQ(std::ranges::count(not_proposed(advice), '\n'), 3);
}

TEST(Text, NamesTimesByTheLargestUnitOfWhichThereAreTwo) {
  EXPECT_EQ(pretty(model::Milliseconds(850)), "850 ms");
  EXPECT_EQ(pretty(model::Seconds(119)), "119 seconds");
  EXPECT_EQ(pretty(std::chrono::minutes(41)), "41 minutes");
  EXPECT_EQ(pretty(std::chrono::minutes(205)), "3.4 hours");
  EXPECT_EQ(pretty(std::chrono::hours(60)), "2.5 days");
}

TEST(PerDay, IsTheWindowsFigureIn24Hours) {
  const auto to = testing::sample_time();
  EXPECT_DOUBLE_EQ(advisor::per_day(std::chrono::minutes(7), {to - std::chrono::hours(168), to})->count(),
                   60000);
  EXPECT_FALSE(advisor::per_day(std::chrono::minutes(7), {{}, to})) << "nobody knows since when";
  EXPECT_FALSE(advisor::per_day(std::chrono::minutes(7), {to, to}));
}

}  // namespace
}  // namespace pgadvisor::daemon::text
