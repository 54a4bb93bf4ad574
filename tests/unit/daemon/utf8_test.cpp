#include "daemon/utf8.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::daemon {
namespace {

constexpr const char* kBad = "\xEF\xBF\xBD";

TEST(ValidUtf8, LeavesWellFormedTextAlone) {
  const std::string text = "plain, \u00e9, \u20ac, \U0001F418 and \U0010FFFF";
  EXPECT_EQ(valid_utf8(text), text);
  EXPECT_EQ(valid_utf8(""), "");
}

TEST(ValidUtf8, ReplacesStrayAndCutOffBytes) {
  EXPECT_EQ(valid_utf8("a\x80z"), std::string("a") + kBad + "z");
  EXPECT_EQ(valid_utf8("a\xE2\x82"), std::string("a") + kBad + kBad);
  EXPECT_EQ(valid_utf8("\xE2\x82z"), std::string(kBad) + kBad + "z");
}

TEST(ValidUtf8, ReplacesOverlongFormsSurrogatesAndWhatIsTooLarge) {
  EXPECT_EQ(valid_utf8("\xC0\xAF"), std::string(kBad) + kBad);
  EXPECT_EQ(valid_utf8("\xE0\x80\xAF"), std::string(kBad) + kBad + kBad);
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), std::string(kBad) + kBad + kBad);
  EXPECT_EQ(valid_utf8("\xF4\x90\x80\x80"), std::string(kBad) + kBad + kBad + kBad);
}

}  // namespace
}  // namespace pgadvisor::daemon
