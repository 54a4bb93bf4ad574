#include "advisor/sandbox/restore_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::sandbox {
namespace {

using ::testing::ElementsAre;

constexpr const char* kContents = R"(;
; Archive created at 2026-01-01
;     TOC Entries: 9
;
2; 3079 16385 EXTENSION - postgis 
7; 2615 16400 SCHEMA - app boss
216; 1259 16515 TABLE public b postgres
217; 1259 16520 MATERIALIZED VIEW app Big View owner
218; 0 16521 MATERIALIZED VIEW DATA app totals owner
3401; 3256 16530 POLICY public b only_mine postgres
3402; 0 16515 ROW SECURITY public b postgres
3403; 3466 16540 EVENT TRIGGER - no_ddl postgres
3404; 6104 16541 PUBLICATION - pub postgres
3405; 0 0 ACL public TABLE b postgres
3406; 2606 16542 FK CONSTRAINT public b b_fkey postgres
3407; 1259 16543 INDEX public comment_idx postgres
)";

TEST(SelectEntries, KeepsTheSchemaAndNothingElse) {
  EXPECT_EQ(select_entries(kContents).text,
            "2; 3079 16385 EXTENSION - postgis \n"
            "7; 2615 16400 SCHEMA - app boss\n"
            "216; 1259 16515 TABLE public b postgres\n"
            "217; 1259 16520 MATERIALIZED VIEW app Big View owner\n"
            "3406; 2606 16542 FK CONSTRAINT public b b_fkey postgres\n"
            "3407; 1259 16543 INDEX public comment_idx postgres\n");
}

TEST(SelectEntries, CountsPolicies) {
  EXPECT_EQ(select_entries(kContents).policies, 1);
}

TEST(FailedEntries, NamesTheObjectAndTheReason) {
  EXPECT_THAT(
      failed_entries(
          "pg_restore: creating TABLE \"public.b\"\n"
          "pg_restore: while PROCESSING TOC:\n"
          "pg_restore: from TOC entry 216; 1259 16515 TABLE b postgres\n"
          "pg_restore: error: could not execute query: ERROR:  type \"public.hstore\" does not exist\n"
          "LINE 2:     h public.hstore\n"
          "Command was: CREATE TABLE public.b (\n"
          "pg_restore: from TOC entry 217; 1259 16520 MATERIALIZED VIEW Big View owner\n"
          "pg_restore: error: could not execute query: ERROR:  relation \"b\" does not exist\n"
          "pg_restore: warning: errors ignored on restore: 2\n",
          kContents, 15),
      ElementsAre("table public.b: type \"public.hstore\" does not exist",
                  "materialized view app.Big View: relation \"b\" does not exist"));
}

TEST(FailedEntries, NamesTheDebianPackageOfAnExtension) {
  EXPECT_THAT(
      failed_entries(
          "pg_restore: from TOC entry 2; 3079 16385 EXTENSION postgis (no owner)\n"
          "pg_restore: error: could not execute query: ERROR:  extension \"postgis\" is not available\n",
          kContents, 16),
      ElementsAre("extension postgis is not installed here: what depends on it is left out (apt-get install "
                  "postgresql-16-postgis-3)"));
}

TEST(FailedEntries, KeepsAnErrorOfNoEntry) {
  EXPECT_THAT(failed_entries("pg_restore: error: input file is too short (read 0, expected 5)\n", "", 15),
              ElementsAre("input file is too short (read 0, expected 5)"));
}

TEST(ExtensionPackage, FollowsDebiansNames) {
  EXPECT_EQ(extension_package("pg_trgm", 15), "postgresql-15");
  EXPECT_EQ(extension_package("vector", 17), "postgresql-17-pgvector");
  EXPECT_EQ(extension_package("pg_hint_plan", 15), "postgresql-15-pg-hint-plan");
}

TEST(ExtensionPackage, NeverRepeatsAHostileName) {
  EXPECT_EQ(extension_package("x; rm -rf /", 15), "");
}

}  // namespace
}  // namespace pgadvisor::sandbox
