#include "daemon/apply/after_failure.hpp"
#include "daemon/apply/disk.hpp"
#include "daemon/apply/wanted.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace pgadvisor::daemon::apply {
namespace {

using ::testing::HasSubstr;

model::Error failure(const char* sqlstate) {
  return {model::NextStep::kSkip, "failed", "", sqlstate};
}

TEST(RetryAfter, TriesLocksAgainWithDoublingWaits) {
  EXPECT_EQ(retry_after(failure("55P03"), 1, 5), model::Seconds(1));
  EXPECT_EQ(retry_after(failure("55P03"), 2, 5), model::Seconds(2));
  EXPECT_EQ(retry_after(failure("40P01"), 4, 5), model::Seconds(8));
  EXPECT_EQ(retry_after(failure("55P03"), 30, 100), model::Seconds(60));
  EXPECT_FALSE(retry_after(failure("55P03"), 5, 5));
}

TEST(RetryAfter, LeavesEverythingElseToPeople) {
  for (const char* state : {"53100", "23505", "57014", "57P01", "", "42501"}) {
    EXPECT_FALSE(retry_after(failure(state), 1, 5)) << state;
  }
}

TEST(Disk, RefusesOnlyWhatThePredictionRulesOut) {
  const auto verdict = judge_disk(model::Bytes{100 << 20}, model::Bytes{200 << 20}, {});
  ASSERT_TRUE(verdict.refusal);
  EXPECT_THAT(verdict.refusal->message, HasSubstr("the index will be of 200 MB, but 100 MB are free"));
  EXPECT_FALSE(judge_disk(model::Bytes{100 << 20}, {}, model::Bytes{200 << 20}).refusal);
  EXPECT_FALSE(judge_disk({}, model::Bytes{200 << 20}, {}).refusal);
}

TEST(Disk, SaysWhatIsKnown) {
  EXPECT_THAT(judge_disk({}, {}, {}).note,
              HasSubstr("of unknown size; the server's free disk space is not known"));
  EXPECT_THAT(judge_disk(model::Bytes{300 << 20}, model::Bytes{200 << 20}, {}).note,
              HasSubstr("may not be enough"));
  EXPECT_THAT(judge_disk(model::Bytes{900 << 20}, {}, model::Bytes{200 << 20}).note,
              HasSubstr("of roughly 200 MB; 900 MB are free"));
}

TEST(Disk, KnowsADataDirectoryByTheServersStart) {
  std::string name = "/tmp/pgadvisor-disk-XXXXXX";
  const std::filesystem::path folder = mkdtemp(name.data());
  EXPECT_FALSE(is_data_directory(folder, 1700000000));
  std::ofstream(folder / "postmaster.pid") << "4711\n/var/lib/postgresql\n1700000000\n5432\n";
  EXPECT_TRUE(is_data_directory(folder, 1700000001));
  EXPECT_FALSE(is_data_directory(folder, 1700009999));  // another server's, mounted at the same place
  std::filesystem::remove_all(folder);
}

Fetched answer(const std::string& state, const std::string& proposes, long status = 200) {
  return {status, R"({"id": "x", "database": "shop", "size_bytes": 8192, "lifecycle": {"state": ")" + state +
                      R"(", "by": "ann", "why": "no", "proposes": )" + proposes + "}}"};
}

TEST(Wanted, IsWhatTheStateCallsFor) {
  const auto open = wanted_of(answer("open", "\"CREATE INDEX\""), "x");
  ASSERT_TRUE(open);
  EXPECT_EQ(open->sql, "CREATE INDEX");
  EXPECT_EQ(open->database, "shop");
  EXPECT_EQ(open->predicted_size, model::Bytes{8192});
  EXPECT_EQ(wanted_of(answer("regressed", "\"DROP INDEX\""), "x")->sql, "DROP INDEX");
}

TEST(Wanted, IsNothingWhereSomebodyOrTheCatalogDecided) {
  EXPECT_THAT(wanted_of(answer("dismissed", "\"CREATE INDEX\""), "x").error().message,
              HasSubstr("was dismissed by ann: no"));
  EXPECT_THAT(wanted_of(answer("verified", "null"), "x").error().message, HasSubstr("nothing to do"));
  EXPECT_THAT(wanted_of({404, "{}"}, "x").error().message, HasSubstr("knows no recommendation x"));
  EXPECT_THAT(wanted_of({500, "{}"}, "x").error().message, HasSubstr("500"));
  for (const char* body : {"", "[]", "{}", "<html>", "{\"lifecycle\": 7}"}) {
    EXPECT_FALSE(wanted_of({200, body}, "x")) << body;
  }
}

TEST(Wanted, KnowsAnId) {
  EXPECT_TRUE(is_id("0123456789abcdef"));
  for (const char* text :
       {"", "0123456789abcde", "0123456789abcdefa", "0123456789ABCDEF", "0123456789abcde/"}) {
    EXPECT_FALSE(is_id(text)) << text;
  }
}

}  // namespace
}  // namespace pgadvisor::daemon::apply
