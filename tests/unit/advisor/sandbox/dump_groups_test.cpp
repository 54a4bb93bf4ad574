#include "advisor/sandbox/dump_groups.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Tables 1, 2, ... of the schema public, each with `indexes` indexes.
std::vector<DumpRelation> tables(int count, std::size_t indexes) {
  std::vector<DumpRelation> relations;
  for (int i = 1; i <= count; ++i)
    relations.push_back(
        {model::Oid{static_cast<std::uint32_t>(i)}, {"public", std::to_string(i)}, 'r', indexes});
  return relations;
}

/// "1 2|3": names of the groups.
std::string names(const std::vector<DumpGroup>& groups) {
  std::string text;
  for (const auto& group : groups) {
    if (!text.empty()) text += '|';
    for (std::size_t i = 0; i < group.size(); ++i) text += (i == 0 ? "" : " ") + group[i].name;
  }
  return text;
}

TEST(DumpGroups, AreNoneForASmallSchema) {
  EXPECT_THAT(dump_groups({}, 0), IsEmpty());
  EXPECT_THAT(dump_groups(tables(3, 2), 9), IsEmpty());
}

TEST(DumpGroups, CountIndexesToo) {
  EXPECT_EQ(names(dump_groups(tables(4, 2), 6)), "1 2|3 4");
  EXPECT_EQ(names(dump_groups(tables(4, 2), 5)), "1|2|3|4");
}

TEST(DumpGroups, KeepTreesTogether) {
  auto relations = tables(5, 0);
  relations[4].parents = {model::Oid{1}};                 // 5 below 1
  relations[2].parents = {model::Oid{5}, model::Oid{2}};  // 3 below 5 and 2
  EXPECT_EQ(names(dump_groups(relations, 4)), "1 2 3 5|4");
  EXPECT_EQ(names(dump_groups(relations, 2)), "1 2 3 5|4") << "however large";
}

TEST(DumpGroups, HaveViewsLast) {
  auto relations = tables(5, 0);
  relations[0].kind = 'v';
  relations[1].kind = 'm';
  EXPECT_EQ(names(dump_groups(relations, 4)), "3 4 5|1 2");
  EXPECT_EQ(names(dump_groups(relations, 1)), "3|4|5|1|2");
}

TEST(DumpGroups, AreNoneWhenATreeHasTooManyNamesForACommandLine) {
  auto relations = tables(50'000, 0);
  EXPECT_EQ(dump_groups(relations, 10'000).size(), 5U);
  for (auto& relation : relations) relation.parents = {model::Oid{1}};
  EXPECT_THAT(dump_groups(relations, 10'000), IsEmpty());
}

TEST(DumpPattern, QuotesWhatPatternsKnow) {
  EXPECT_EQ(dump_pattern({"public", "t"}), R"("public"."t")");
  EXPECT_EQ(dump_pattern({"a.b*", R"(q"?)"}), R"("a.b*"."q""?")");
}

}  // namespace
}  // namespace pgadvisor::sandbox
