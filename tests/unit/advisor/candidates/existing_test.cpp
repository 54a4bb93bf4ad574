#include "advisor/candidates/existing.hpp"

#include "tests/unit/advisor/candidates/definitions.hpp"

#include <gmock/gmock.h>

namespace pgadvisor::candidates {
namespace {

using model::IndexDefinition;
using model::IndexKey;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::Pointee;

model::Index index(std::optional<IndexDefinition> definition, const std::string& name = "old",
                   std::int64_t pages = 1) {
  model::Index result;
  result.name = {"public", name};
  result.definition = std::move(definition);
  result.pages = pages;
  return result;
}

bool is_served(const IndexDefinition& candidate, std::vector<model::Index> existing) {
  model::DatabaseSnapshot snapshot;
  snapshot.tables.emplace_back().name = kTable;
  snapshot.indexes = std::move(existing);
  return ExistingIndexes(snapshot).serve(candidate);
}

TEST(IsServed, ByAnIndexOfAnyMethodThatDoesAsMuch) {
  EXPECT_TRUE(is_served(btree({{"a"}}), std::vector{index(btree({{"a"}, {"b"}}))}));
  EXPECT_TRUE(
      is_served(btree({{"a"}}, {}, "b IS NULL"), std::vector{index(btree({{"a"}}, {}, "b IS NULL"))}));
  const IndexDefinition gin{kTable, "gin", {{.column = "doc", .operator_class = "jsonb_path_ops"}}};
  EXPECT_TRUE(is_served(gin, std::vector{index(gin)}));
  const auto lower = btree({{.column = "", .expression = "lower(email)"}});
  EXPECT_TRUE(is_served(lower, std::vector{index(lower)}));
}

TEST(IsServed, NotByAnIndexThatDoesLess) {
  EXPECT_FALSE(is_served(btree({{"a"}, {"b"}}), std::vector{index(btree({{"a"}}))}));
  EXPECT_FALSE(is_served(btree({{"a"}}, {"b"}), std::vector{index(btree({{"a"}}))}));
  EXPECT_FALSE(is_served(btree({{"a"}}), std::vector{index(btree({{"a"}}, {}, "b IS NULL"))}));
  EXPECT_FALSE(is_served(btree({{.column = "a", .operator_class = "text_pattern_ops"}}),
                         std::vector{index(btree({{"a"}}))}));
}

TEST(IsServed, NotByAnIndexThatCannotBeUsedOrIsNotKnown) {
  auto unusable = index(btree({{"a"}}));
  ASSERT_TRUE(is_served(btree({{"a"}}), std::vector{unusable}));
  unusable.is_valid = false;
  EXPECT_FALSE(is_served(btree({{"a"}}), std::vector{unusable}));
  unusable.is_valid = true;
  unusable.is_live = false;
  EXPECT_FALSE(is_served(btree({{"a"}}), std::vector{unusable}));
  EXPECT_FALSE(is_served(btree({{"a"}}), std::vector{index(std::nullopt)}));
}

TEST(Replaced, IsWhatTheCandidateExtends) {
  const std::vector existing{index(btree({{"a"}}), "narrow", 5), index(btree({{"b"}}), "other", 9),
                             index(btree({{"a"}}, {"b"}), "covering", 7)};
  EXPECT_THAT(replaced(btree({{"a"}, {"b"}}), existing),
              ElementsAre(Pointee(Field(&model::Index::name, model::ObjectName{"public", "covering"})),
                          Pointee(Field(&model::Index::name, model::ObjectName{"public", "narrow"}))));
}

TEST(SecondCopy, IsOfAnIndexThatStays) {
  auto key = index(btree({{"id"}}));
  key.is_unique = key.is_primary = true;
  EXPECT_TRUE(is_second_copy(btree({{"id"}}, {"name"}), std::vector{key}));
  EXPECT_FALSE(is_second_copy(btree({{"name"}, {"id"}}), std::vector{key}));
  EXPECT_FALSE(is_second_copy(btree({{"id"}}, {"name"}, "name IS NOT NULL"), std::vector{key}));
  EXPECT_FALSE(is_second_copy(btree({{"a"}, {"b"}}), std::vector{index(btree({{"a"}}))})) << "which can go";
}

TEST(Replaced, IsNothingOverOtherRows) {
  // A full index answers what a partial one does, yet may be far larger to search.
  EXPECT_THAT(replaced(btree({{"a"}, {"b"}}), std::vector{index(btree({{"a"}}, {}, "c IS NULL"))}),
              IsEmpty());
}

TEST(Replaced, IsNothingThatMoreThanPlansDependOn) {
  const auto wanted = btree({{"a"}, {"b"}});
  const auto plain = index(btree({{"a"}}));
  ASSERT_EQ(replaced(wanted, std::vector{plain}).size(), 1U);
  for (const auto flag : {&model::Index::is_unique, &model::Index::is_primary, &model::Index::is_exclusion,
                          &model::Index::backs_constraint, &model::Index::is_replica_identity,
                          &model::Index::is_clustered, &model::Index::in_extension}) {
    auto needed = plain;
    needed.*flag = true;
    EXPECT_THAT(replaced(wanted, std::vector{needed}), IsEmpty());
  }
  auto part = plain;
  part.parent = model::Oid{7};
  EXPECT_THAT(replaced(wanted, std::vector{part}), IsEmpty());
  // Its definition would not bring it back as it was.
  auto stored = plain;
  stored.storage = "fillfactor=70";
  EXPECT_THAT(replaced(wanted, std::vector{stored}), IsEmpty());
  auto elsewhere = plain;
  elsewhere.tablespace = "fast";
  EXPECT_THAT(replaced(wanted, std::vector{elsewhere}), IsEmpty());
}

}  // namespace
}  // namespace pgadvisor::candidates
