#include "config/units.hpp"

#include "config/load.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::config {
namespace {

using namespace std::chrono_literals;

TEST(ParseBytes, ReadsSizesAsPostgresqlWritesThem) {
  EXPECT_EQ(parse_bytes("1GB").value().value, 1LL << 30);
  EXPECT_EQ(parse_bytes("512 MB").value().value, 512LL << 20);
  EXPECT_EQ(parse_bytes("20kB").value().value, 20 << 10);
  EXPECT_EQ(parse_bytes("2TB").value().value, 2LL << 40);
  EXPECT_EQ(parse_bytes("8192 bytes").value().value, 8192);
  EXPECT_EQ(parse_bytes("8192").value().value, 8192);
  EXPECT_EQ(parse_bytes(" 1.5gb ").value().value, 3LL << 29);
  EXPECT_EQ(parse_bytes("0").value().value, 0);
}

TEST(ParseBytes, RefusesWhatIsNoSize) {
  for (const char* text :
       {"", "GB", "-1GB", "1 GB 2", "1XB", "1e3", "inf", "nan", "0x10", "99999999TB", "1GiB", "1,5GB"}) {
    EXPECT_FALSE(parse_bytes(text)) << text;
  }
}

TEST(ParseDuration, ReadsDurationsAsPostgresqlWritesThem) {
  EXPECT_EQ(parse_duration("500ms").value(), 500ms);
  EXPECT_EQ(parse_duration("90s").value(), 90s);
  EXPECT_EQ(parse_duration("5min").value(), 5min);
  EXPECT_EQ(parse_duration("1 h").value(), 1h);
  EXPECT_EQ(parse_duration("7d").value(), 24h * 7);
  EXPECT_EQ(parse_duration("90").value(), 90s);
  EXPECT_EQ(parse_duration("0.25").value(), 250ms);
}

TEST(ParseDuration, RefusesWhatIsNoDuration) {
  for (const char* text : {"", "s", "-1s", "1m", "1H", "1s1", "soon", "1e3s", "nan", "9999999999999999d"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(UnitsAsText, UseTheLargestWholeUnit) {
  EXPECT_EQ(to_text(90s), "90s");
  EXPECT_EQ(to_text(120s), "2min");
  EXPECT_EQ(to_text(24h * 7), "7d");
  EXPECT_EQ(to_text(1500ms), "1500ms");
  EXPECT_EQ(to_text(0ms), "0s");
  EXPECT_EQ(to_text(model::Bytes{512LL << 20}), "512MB");
  EXPECT_EQ(to_text(model::Bytes{1025}), "1025");
  EXPECT_EQ(to_text(model::Bytes{0}), "0");
}

}  // namespace
}  // namespace pgadvisor::config
