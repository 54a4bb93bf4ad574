#include "advisor/lifecycle/significance.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace pgadvisor::lifecycle {
namespace {

std::vector<double> around(double mean, std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::lognormal_distribution<double> noise(0, 0.2);
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(mean * noise(random));
  return values;
}

TEST(Shift, NeedsFiveValuesOnEitherSide) {
  EXPECT_FALSE(shift_of({1, 2, 3, 4}, {1, 2, 3, 4, 5, 6}));
  EXPECT_FALSE(shift_of({1, 2, 3, 4, 5, 6}, {}));
  EXPECT_TRUE(shift_of({1, 2, 3, 4, 5}, {1, 2, 3, 4, 5}));
}

/// Two of the 252 ways to share out ten values are as far apart as these: p = 2 / 252.
TEST(Shift, IsExactForFewValues) {
  const auto shift = shift_of({10, 11, 12, 13, 14}, {1, 2, 3, 4, 5});
  ASSERT_TRUE(shift);
  EXPECT_NEAR(shift->p_value, 2.0 / 252, 1e-12);
  EXPECT_NEAR(shift->ratio, 3.0 / 12, 0.01);
  EXPECT_DOUBLE_EQ(shift->low, 1.0 / 14);
  EXPECT_DOUBLE_EQ(shift->high, 5.0 / 10);
}

/// From the table of the Mann-Whitney distribution for n = m = 6: P(U <= 5) = 19 / 924, P(U <= 6) = 30 / 924.
TEST(Shift, HasTheTabulatedPValue) {
  // In six of the 36 pairs, then in five, the value after is the larger one.
  const auto six = shift_of({5.5, 7, 8, 9, 10, 11}, {1, 2, 3, 4, 5, 12});
  ASSERT_TRUE(six);
  EXPECT_NEAR(six->p_value, 2 * 30.0 / 924, 1e-9);
  const auto five = shift_of({6.5, 7.5, 8, 9, 10, 11}, {1, 2, 3, 4, 5, 10.5});
  ASSERT_TRUE(five);
  EXPECT_NEAR(five->p_value, 2 * 19.0 / 924, 1e-9);
}

TEST(Shift, FindsNothingInEqualValues) {
  const auto shift = shift_of(std::vector<double>(20, 3.0), std::vector<double>(30, 3.0));
  ASSERT_TRUE(shift);
  EXPECT_EQ(shift->p_value, 1);
  EXPECT_EQ(shift->ratio, 1);
  EXPECT_EQ(shift->low, 1);
  EXPECT_EQ(shift->high, 1);
}

TEST(Shift, DoesNotMindAnOutlier) {
  auto before = around(10, 40, 1);
  before.front() = 1e9;
  const auto shift = shift_of(before, around(1, 40, 2));
  ASSERT_TRUE(shift);
  EXPECT_NEAR(shift->ratio, 0.1, 0.02);
  EXPECT_LT(shift->p_value, 1e-9);
  EXPECT_LT(shift->high, 0.15);
}

TEST(Shift, StaysUnsureOfNoise) {
  int sure = 0;
  for (unsigned seed = 0; seed < 200; ++seed) {
    const auto shift = shift_of(around(5, 12, 2 * seed), around(5, 12, 2 * seed + 1));
    ASSERT_TRUE(shift);
    EXPECT_LE(shift->low, shift->ratio);
    EXPECT_GE(shift->high, shift->ratio);
    if (shift->low > 1 || shift->high < 1) ++sure;
  }
  EXPECT_LE(sure, 8);  // one in a hundred on average
}

TEST(Shift, CoversTheTruth) {
  int covered = 0;
  for (unsigned seed = 0; seed < 200; ++seed) {
    const auto shift = shift_of(around(8, 40, 2 * seed), around(4, 40, 2 * seed + 1));
    ASSERT_TRUE(shift);
    if (shift->low <= 0.5 && shift->high >= 0.5) ++covered;
  }
  EXPECT_GE(covered, 192);
}

TEST(Shift, TakesZerosForWhatTheyAre) {
  const auto gone = shift_of({10, 11, 12, 13, 14, 15}, std::vector<double>(6, 0));
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->ratio, 0);
  EXPECT_EQ(gone->high, 0);
  EXPECT_FALSE(shift_of(std::vector<double>(6, 0), {10, 11, 12, 13, 14, 15}));
}

TEST(Shift, ThinsOutWhatIsMore) {
  const auto shift = shift_of(around(2, 3000, 1), around(1, 3000, 2));
  ASSERT_TRUE(shift);
  EXPECT_EQ(shift->before, 250U);
  EXPECT_NEAR(shift->ratio, 0.5, 0.05);
}

}  // namespace
}  // namespace pgadvisor::lifecycle
