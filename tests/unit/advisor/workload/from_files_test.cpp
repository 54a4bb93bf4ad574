#include "advisor/workload/workload.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace pgadvisor::workload {
namespace {

using testing::HasSubstr;

class FromFiles : public testing::Test {
 protected:
  FromFiles() : folder_(std::filesystem::temp_directory_path() / "pgadvisor-from-files-XXXXXX") {
    auto pattern = folder_.string();
    folder_ = mkdtemp(pattern.data());
  }
  ~FromFiles() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path file(const std::string& name, const std::string& content) {
    std::ofstream(folder_ / name) << content;
    return folder_ / name;
  }
  std::filesystem::path folder_;
};

TEST_F(FromFiles, NamesStatementsByFileAndLine) {
  const auto workload = from_files(file("w.sql", "select 1;\n\nselect 'a;b' from t;\n")).value();
  ASSERT_EQ(workload.statements.size(), 2U);
  EXPECT_EQ(workload.statements[1].id, "w.sql:3");
  EXPECT_EQ(workload.statements[1].text, "select 'a;b' from t");
}

TEST_F(FromFiles, TellsStatementsOnOneLineApart) {
  const auto workload = from_files(file("w.sql", "select 1; select 2;\nselect 3")).value();
  ASSERT_EQ(workload.statements.size(), 3U);
  EXPECT_EQ(workload.statements[1].id, "w.sql:1.2");
  EXPECT_EQ(workload.statements[2].id, "w.sql:2");
}

TEST_F(FromFiles, ShowsNoLiteralButPlansIt) {
  const auto workload = from_files(file("w.sql", "select a from t where s = 'secret'")).value();
  EXPECT_THAT(workload.statements[0].query, testing::Not(HasSubstr("secret")));
  EXPECT_THAT(workload.statements[0].text, HasSubstr("secret"));
}

TEST_F(FromFiles, TakesWeights) {
  const auto workload =
      from_files(file("w.sql", "-- weight: 12.5\nselect a from t;\nselect b from t")).value();
  EXPECT_DOUBLE_EQ(workload.statements[0].calls, 12.5);
  EXPECT_DOUBLE_EQ(workload.statements[1].calls, 1);
}

TEST_F(FromFiles, KeepsViewsApartAndIgnoresTheirDrop) {
  const auto workload =
      from_files(
          file("w.sql", "create or replace temp view v as select 1 as a;\nselect a from v;\ndrop view v;"))
          .value();
  EXPECT_EQ(workload.views.size(), 1U);
  ASSERT_EQ(workload.statements.size(), 1U);
  EXPECT_TRUE(workload.skipped.empty());
}

TEST_F(FromFiles, SaysThatUtilityStatementsAreSkipped) {
  const auto workload = from_files(file("w.sql", "select 1; vacuum;")).value();
  ASSERT_EQ(workload.skipped.size(), 1U);
  EXPECT_EQ(workload.skipped[0].query_id, "w.sql:1.2");
}

TEST_F(FromFiles, ReadsAFolderInTheOrderOfNames) {
  file("b.sql", "select 2");
  file("a.sql", "select 1");
  file("note.txt", "not sql");
  const auto workload = from_files(folder_).value();
  ASSERT_EQ(workload.statements.size(), 2U);
  EXPECT_EQ(workload.statements[0].id, "a.sql:1");
}

TEST_F(FromFiles, NamesWhatIsWrong) {
  EXPECT_THAT(from_files(folder_ / "missing.sql").error().message, HasSubstr("missing.sql"));
  EXPECT_THAT(from_files(folder_).error().message, HasSubstr("no .sql file"));
  EXPECT_THAT(from_files(file("empty.sql", " -- nothing\n")).error().message, HasSubstr("no statement"));
  const auto weight = from_files(file("weight.sql", "\n-- weight: many\nselect 1"));
  ASSERT_FALSE(weight);
  EXPECT_THAT(weight.error().message, HasSubstr("weight.sql"));
  EXPECT_THAT(weight.error().message, HasSubstr("2"));
}

}  // namespace
}  // namespace pgadvisor::workload
