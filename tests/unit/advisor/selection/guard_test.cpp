#include "advisor/selection/guard.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::selection {
namespace {

using model::Cost;

TEST(Guard, AcceptsWhatCannotBeSlower) {
  EXPECT_TRUE(acceptable(Cost{100}, Cost{100}, Cost{100}, 0));
  EXPECT_TRUE(acceptable(Cost{100}, Cost{20}, Cost{95}, 0));
}

TEST(Guard, ToleratesTheSlowdownThatWasAllowed) {
  EXPECT_FALSE(acceptable(Cost{100}, Cost{105}, Cost{105}, 0));
  EXPECT_TRUE(acceptable(Cost{100}, Cost{105}, Cost{105}, 0.1));
}

TEST(Guard, RefusesAGainThatIsLostWhenProbesSharePagesLess) {
  EXPECT_FALSE(acceptable(Cost{100}, Cost{58}, Cost{272}, 0)) << "126 is expected";
  EXPECT_FALSE(acceptable(Cost{100}, Cost{41}, Cost{223}, 0)) << "96 is expected: too little for the risk";
}

TEST(Guard, AcceptsAGainThatIsWorthTheRisk) {
  EXPECT_TRUE(acceptable(Cost{100}, Cost{17}, Cost{234}, 0)) << "63 is expected";
}

}  // namespace
}  // namespace pgadvisor::selection
