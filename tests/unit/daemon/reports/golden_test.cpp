// The report of a week in which a bit of everything happened, as it is given out. After a change that is
// meant: PGADVISOR_UPDATE_GOLDEN=1 build/dev/bin/unit_tests --gtest_filter='ReportGolden*'
#include "tests/unit/daemon/reports/sample_material.hpp"

#include "daemon/version.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace pgadvisor::daemon::reports {
namespace {

namespace fs = std::filesystem;

fs::path golden(const std::string& name) {
  return fs::path(PGADVISOR_SOURCE_DIR) / "tests/unit/daemon/reports/golden" / name;
}

void compare(const std::string& name, const std::string& text) {
  if (std::getenv("PGADVISOR_UPDATE_GOLDEN") != nullptr)
    std::ofstream(golden(name), std::ios::binary) << text;
  std::ifstream stream(golden(name), std::ios::binary);
  const std::string expected(std::istreambuf_iterator<char>(stream), {});
  EXPECT_EQ(text, expected) << name;
}

TEST(ReportGolden, Html) {
  compare("report.html", as_html(testing::sample_material().document()));
}

TEST(ReportGolden, Markdown) {
  compare("report.md", as_markdown(testing::sample_material().document()));
}

TEST(ReportGolden, Slack) {
  const auto material = testing::sample_material();
  compare("report.slack", as_slack(material.document(), material.page_url));
}

TEST(ReportGolden, Sql) {
  compare("report.sql", as_sql(testing::sample_material().build()));
}

TEST(ReportGolden, Json) {
  compare("report.json", boost::json::serialize(to_json(testing::sample_material().build())) + "\n");
}

TEST(ReportGolden, MarkdownOfAnEmptyWeek) {
  testing::SampleMaterial material;
  material.status.databases.clear();
  compare("empty.md", as_markdown(material.document()));
}

}  // namespace
}  // namespace pgadvisor::daemon::reports
