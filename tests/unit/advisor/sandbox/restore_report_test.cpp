#include "advisor/sandbox/restore_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::sandbox {
namespace {

using ::testing::ElementsAre;

const std::vector<DumpEntry> kEntries = select_entries(
                                            "2; 3079 16385 EXTENSION - postgis \n"
                                            "216; 1259 16515 TABLE public b postgres\n"
                                            "217; 1259 16520 MATERIALIZED VIEW app Big View owner\n")
                                            .entries;

std::vector<std::string> sentences(std::string_view standard_error, int major) {
  std::vector<std::string> sentences;
  for (const FailedEntry& failure : failed_entries(standard_error, kEntries))
    sentences.push_back(describe(failure, major));
  return sentences;
}

TEST(FailedEntries, NameTheObjectAndTheReason) {
  EXPECT_THAT(
      sentences("pg_restore: creating TABLE \"public.b\"\n"
                "pg_restore: while PROCESSING TOC:\n"
                "pg_restore: from TOC entry 216; 1259 16515 TABLE b postgres\n"
                "pg_restore: error: could not execute query: ERROR:  type \"public.hstore\" does not exist\n"
                "LINE 2:     h public.hstore\n"
                "Command was: CREATE TABLE public.b (\n"
                "pg_restore: from TOC entry 217; 1259 16520 MATERIALIZED VIEW Big View owner\n"
                "pg_restore: error: could not execute query: ERROR:  relation \"b\" does not exist\n"
                "pg_restore: warning: errors ignored on restore: 2\n",
                15),
      ElementsAre("table public.b: type \"public.hstore\" does not exist",
                  "materialized view app.Big View: relation \"b\" does not exist"));
}

TEST(FailedEntries, NameTheDebianPackageOfAnExtension) {
  EXPECT_THAT(
      sentences(
          "pg_restore: from TOC entry 2; 3079 16385 EXTENSION postgis (no owner)\n"
          "pg_restore: error: could not execute query: ERROR:  extension \"postgis\" is not available\n",
          16),
      ElementsAre("extension postgis is not installed here: what depends on it is left out (apt-get install "
                  "postgresql-16-postgis-3)"));
}

TEST(FailedEntries, KeepAnErrorOfNoEntry) {
  EXPECT_THAT(sentences("pg_restore: error: input file is too short (read 0, expected 5)\n", 15),
              ElementsAre("input file is too short (read 0, expected 5)"));
}

}  // namespace
}  // namespace pgadvisor::sandbox
