#include "collectors/history/history.hpp"

#include "tests/unit/collectors/history/test_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdlib.h>

#include <filesystem>

namespace pgadvisor::history {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ReportsFile : public ::testing::Test {
 protected:
  ReportsFile() {
    std::string name = "/tmp/pgadvisor-reports-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~ReportsFile() override { fs::remove_all(folder_); }
  History open() { return History::open({.file = folder_ / "history.sqlite"}, clock_).value(); }

  model::SystemClock clock_;
  fs::path folder_;
};

ReportRow row(const std::string& id, std::int64_t to) {
  const std::string text = "it's \"hostile\"; DROP TABLE report; --\n" + id;
  return {id,
          at(std::chrono::seconds(to - 100)),
          at(std::chrono::seconds(to)),
          at(std::chrono::seconds(to + 1)),
          text,
          text,
          text,
          text,
          text,
          text,
          {{"mail", "pending", 1, at(std::chrono::seconds(to)), at(std::chrono::seconds(to + 60)),
            std::nullopt, "busy"}}};
}

TEST_F(ReportsFile, KeepsReportsAndTheirDeliveriesAcrossARestart) {
  {
    auto history = open();
    ASSERT_TRUE(history.record_report(row("old", 1000)));
    ASSERT_TRUE(history.record_report(row("new", 2000)));
  }
  EXPECT_THAT(open().reports().value(), ElementsAre(row("new", 2000), row("old", 1000)))
      << "the latest first";
}

TEST_F(ReportsFile, ReplacesADeliveryAndAddsNoneToAReportThatIsGone) {
  auto history = open();
  auto report = row("a", 1000);
  ASSERT_TRUE(history.record_report(report));
  report.deliveries.front() = {"mail", "delivered", 2, at(1000s), std::nullopt, at(1070s), ""};
  ASSERT_TRUE(history.record_delivery("a", report.deliveries.front()));
  ASSERT_TRUE(history.record_delivery("gone", report.deliveries.front()));
  EXPECT_THAT(history.reports().value(), ElementsAre(report));
  ASSERT_TRUE(history.record_report(row("gone", 500)));
  EXPECT_EQ(history.reports().value().back(), row("gone", 500));
}

TEST_F(ReportsFile, ReplacesAReportOfTheSameIdWithAllOfItsDeliveries) {
  auto history = open();
  ASSERT_TRUE(history.record_report(row("a", 1000)));
  auto report = row("a", 1000);
  report.deliveries = {{"webhook", "dead", 9, at(1s), std::nullopt, std::nullopt, "404"}};
  ASSERT_TRUE(history.record_report(report));
  EXPECT_THAT(history.reports().value(), ElementsAre(report));
}

TEST_F(ReportsFile, ForgetsReports) {
  auto history = open();
  for (const auto* id : {"a", "b"}) ASSERT_TRUE(history.record_report(row(id, 1000)));
  ASSERT_TRUE(history.forget_reports({"a", "none"}));
  EXPECT_THAT(history.reports().value(), ElementsAre(row("b", 1000)));
  ASSERT_TRUE(history.forget_reports({"b"}));
  EXPECT_THAT(history.reports().value(), IsEmpty());
}

}  // namespace
}  // namespace pgadvisor::history
