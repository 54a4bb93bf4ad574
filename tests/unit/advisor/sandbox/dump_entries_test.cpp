#include "advisor/sandbox/dump_entries.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::sandbox {
namespace {

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
3408; 1418 16545 USER MAPPING - USER MAPPING postgres SERVER far postgres
3409; 2620 16546 TRIGGER public b note_it postgres
3407; 1259 16543 INDEX public comment_idx postgres
)";

TEST(SelectEntries, KeepsTheSchemaAndNothingElse) {
  EXPECT_EQ(use_list(select_entries(kContents).entries),
            "2; 3079 16385 EXTENSION - postgis \n"
            "7; 2615 16400 SCHEMA - app boss\n"
            "216; 1259 16515 TABLE public b postgres\n"
            "217; 1259 16520 MATERIALIZED VIEW app Big View owner\n"
            "3406; 2606 16542 FK CONSTRAINT public b b_fkey postgres\n"
            "3407; 1259 16543 INDEX public comment_idx postgres\n");
}

TEST(OrderEntries, PutsWhatIsOnTablesBehindThemAndForeignKeysLast) {
  auto entries = select_entries(kContents).entries;
  auto others = entries;
  for (auto& entry : others) entry.archive = 1;
  entries.insert(entries.end(), others.begin(), others.end());
  order_entries(entries);
  std::string order;
  for (const auto& entry : entries) order += fmt::format("{}{} ", entry.kind.substr(0, 2), entry.archive);
  EXPECT_EQ(order, "EX0 SC0 TA0 MA0 EX1 SC1 TA1 MA1 IN0 IN1 FK0 FK1 ");
}

TEST(SelectEntries, CountsPolicies) {
  EXPECT_EQ(select_entries(kContents).policies, 1);
}

TEST(SelectEntries, NamesEntriesForPeople) {
  const auto entries = select_entries(kContents).entries;
  EXPECT_EQ(entries[0].title, "extension postgis");
  EXPECT_EQ(entries[3].title, "materialized view app.Big View");
  EXPECT_EQ(entries[3].kind, "MATERIALIZED VIEW");
  EXPECT_EQ(entries[3].number(), "217");
}

DumpEntry entry(const std::string& kind) {
  return select_entries("9; 1255 16600 " + kind + " public it owner\n").entries.at(0);
}

TEST(ComesFirst, HoldsForWhatTheSuperuserCreatesWithoutRunningCode) {
  EXPECT_TRUE(comes_first(entry("EXTENSION")));
  EXPECT_TRUE(comes_first(entry("FOREIGN DATA WRAPPER")));
  EXPECT_FALSE(comes_first(entry("TABLE")));
  EXPECT_FALSE(comes_first(entry("FUNCTION")));
}

TEST(NeedsSuperuser, OnlyForKindsThatEvaluateNothing) {
  const char* const refused = "must be superuser to create an operator class";
  EXPECT_TRUE(needs_superuser(entry("OPERATOR CLASS"), refused));
  EXPECT_FALSE(needs_superuser(entry("INDEX"), refused));
  EXPECT_FALSE(needs_superuser(entry("TABLE"), refused));
  EXPECT_FALSE(needs_superuser(entry("TYPE"), "type \"t\" already exists"));
}

TEST(NeedsSuperuser, NotForCodeThatReachesOutOfTheServer) {
  EXPECT_TRUE(needs_superuser(entry("FUNCTION"), "permission denied for language c"));
  EXPECT_FALSE(needs_superuser(entry("FUNCTION"), "permission denied for language plpython3u"));
}

}  // namespace
}  // namespace pgadvisor::sandbox
