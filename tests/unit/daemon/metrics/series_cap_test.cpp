#include "daemon/metrics/series_cap.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace pgadvisor::daemon::metrics {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> numbered(int from, int to) {
  std::vector<std::string> keys;
  for (int i = from; i < to; ++i) keys.push_back(std::to_string(i));
  return keys;
}

TEST(SeriesCap, ShowsEverythingUpToTheLimit) {
  SeriesCap cap(3);
  EXPECT_THAT(cap.admit({"a", "b", "c"}), ElementsAre(true, true, true));
  EXPECT_EQ(cap.dropped(), 0);
}

TEST(SeriesCap, LeavesOutWhatComesLastAndCountsIt) {
  SeriesCap cap(2);
  EXPECT_THAT(cap.admit({"a", "b", "c", "d"}), ElementsAre(true, true, false, false));
  EXPECT_THAT(cap.admit({"a", "b", "c", "d"}), ElementsAre(true, true, false, false));
  EXPECT_EQ(cap.dropped(), 4);
}

TEST(SeriesCap, KeepsShownSeriesWhenTheOrderChanges) {
  SeriesCap cap(2);
  (void)cap.admit({"a", "b", "c"});
  EXPECT_THAT(cap.admit({"c", "b", "a"}), ElementsAre(false, true, true));
}

TEST(SeriesCap, TakesNewSeriesOnlyAfterFallingWellBelowTheLimit) {
  SeriesCap cap(20);
  (void)cap.admit(numbered(0, 25));
  const auto nineteen_left = cap.admit(numbered(1, 25));
  EXPECT_EQ(std::count(nineteen_left.begin(), nineteen_left.end(), true), 19);
  const auto eighteen_left = cap.admit(numbered(2, 25));
  EXPECT_EQ(std::count(eighteen_left.begin(), eighteen_left.end(), true), 20);
}

}  // namespace
}  // namespace pgadvisor::daemon::metrics
