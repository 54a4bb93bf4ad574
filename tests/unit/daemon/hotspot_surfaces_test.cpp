#include "daemon/http/lists.hpp"
#include "daemon/metrics/metrics.hpp"
#include "daemon/wire.hpp"
#include "tests/support/sample_publication.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace pgadvisor::daemon {
namespace {

using ::testing::HasSubstr;

/// "shop", most bytes last in the report.
advisor::Report shop() {
  auto lines = testing::sample_hotspot("lines");
  lines.state = model::HotspotState::kKnown;
  lines.usual_bytes_per_second.reset();
  lines.bytes_read = {3LL << 40};
  lines.bytes_per_second = 12345678.5;
  lines.cause = advisor::HotspotCause::kMissingForeignKeyIndex;
  advisor::Report report;
  report.hotspots = {{"shop", testing::sample_time(), {testing::sample_hotspot(), lines}}};
  return report;
}

TEST(HotspotSurfaces, ShowTheSameValuesInMetricsAndApi) {
  const auto report = shop();
  const auto status = testing::sample_status();
  const auto metrics = metrics::Metrics().expose(report, status, {});
  const auto items = http::find_list("hotspots")->items({report, status, {}, {}, {}}, {});
  ASSERT_EQ(items.size(), 2U);
  const auto shown = [&](std::string_view name, const std::string& labels, double value) {
    const auto start = fmt::format("\n{}{{{}}} ", name, labels);
    const auto at = metrics.find(start);
    ASSERT_NE(at, std::string::npos) << start;
    EXPECT_DOUBLE_EQ(std::stod(metrics.substr(at + start.size())), value) << start;
  };
  for (const auto& item : items) {
    const auto text = [&](const char* member) { return std::string(item.at(member).as_string()); };
    const auto number = [&](const char* member) { return item.at(member).to_number<double>(); };
    const auto labels = fmt::format("database=\"{}\",schema=\"{}\",table=\"{}\"", text("database"),
                                    text("schema"), text("table"));
    shown("pgadvisor_hotspot_info",
          fmt::format("{},state=\"{}\",cause=\"{}\"", labels, text("state"), text("cause")), 1);
    shown("pgadvisor_hotspot_read_bytes", labels, number("read_bytes"));
    shown("pgadvisor_hotspot_read_bytes_per_second", labels, number("bytes_per_second"));
    shown("pgadvisor_hotspot_rows_read", labels, number("rows_read"));
    shown("pgadvisor_hotspot_sequential_scans", labels, number("seq_scans"));
    shown("pgadvisor_hotspot_table_bytes", labels, number("size_bytes"));
  }
}

TEST(HotspotSurfaces, RankByBytes) {
  const auto report = shop();
  const auto items = http::find_list("hotspots")->items({report, testing::sample_status(), {}, {}, {}}, {});
  EXPECT_EQ(items.front().at("table").as_string(), "lines");
}

TEST(HotspotSurfaces, ShowReadingsInTheSameOrderWithWhatIsNotKnown) {
  auto report = shop();
  const auto from = testing::sample_time();
  report.hotspots.front().hotspots.back().readings = {{{from, from + std::chrono::hours(1)}, 2.5},
                                                      {{from, from + std::chrono::hours(1)}, std::nullopt}};
  const auto items =
      http::find_list("hotspot_readings")->items({report, testing::sample_status(), {}, {}, {}}, {});
  ASSERT_EQ(items.size(), report.hotspots.front().hotspots.size());
  EXPECT_EQ(items.front().at("table").as_string(), "lines");
  EXPECT_EQ(items.front().at("database").as_string(), "shop");
  const auto& readings = items.front().at("readings").as_array();
  EXPECT_EQ(readings.at(0).at("from").as_string(), to_rfc3339(from));
  EXPECT_EQ(readings.at(0).at("bytes_per_second").as_double(), 2.5);
  EXPECT_TRUE(readings.at(1).at("bytes_per_second").is_null());
}

TEST(HotspotSurfaces, AreAsOldAsTheLastPollAndNotAsTheLastAdvice) {
  auto report = shop();
  report.as_of = testing::sample_time() - std::chrono::hours(1);
  EXPECT_EQ(http::find_list("hotspots")->as_of({report, testing::sample_status(), {}, {}, {}}),
            testing::sample_time());
  EXPECT_EQ(http::find_list("indexes")->as_of({report, testing::sample_status(), {}, {}, {}}), report.as_of);
}

}  // namespace
}  // namespace pgadvisor::daemon
