#include "advisor/index_health/foreign_keys.hpp"

#include "tests/unit/advisor/index_health/catalog_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgadvisor::index_health {
namespace {

using advisor::Severity;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ForeignKeyIndex : public ::testing::Test {
 protected:
  ForeignKeyIndex() : parent(builder.table("parent", 10)), child(builder.table("child", 5000)) {}

  void key(const std::string& name, std::vector<std::string> columns, const model::Table* on = nullptr) {
    model::ForeignKey key;
    key.name = name;
    key.table = on != nullptr ? on->oid : child.oid;
    key.referenced_table = parent.oid;
    key.operators.assign(columns.size(), kEquality);
    key.columns = key.referenced_columns = std::move(columns);
    builder.snapshot.foreign_keys.push_back(std::move(key));
  }
  std::vector<advisor::ForeignKeyReport> missing(const ParentChanges& changes = {}) {
    const Catalog catalog(builder.snapshot);
    return ForeignKeys(catalog).without_index(changes);
  }
  bool served() { return missing().empty(); }
  static ParentChanges deleted(std::int64_t rows) {
    ParentChanges changes;
    changes.deleted[{"public", "parent"}] = rows;
    return changes;
  }

  CatalogBuilder builder;
  model::Table& parent;
  model::Table& child;
};

TEST_F(ForeignKeyIndex, BeginsWithTheKeysColumnsInAnyOrder) {
  key("fkey", {"a", "b"});
  EXPECT_FALSE(served());
  auto& index = builder.index(child, "ix", {2, 1, 3});
  EXPECT_TRUE(served());
  index.columns = {3, 1, 2};
  EXPECT_FALSE(served());
  index.columns = {1, 3, 2};
  EXPECT_FALSE(served());
}

TEST_F(ForeignKeyIndex, DoesNotFindByIncludedColumns) {
  key("fkey", {"a", "b"});
  builder.index(child, "ix", {1, 2}, 1);
  const auto found = missing();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].reasons.back(), HasSubstr("public.ix finds them by some of the columns only"));
}

TEST_F(ForeignKeyIndex, IsABtreeOrAHash) {
  key("fkey", {"a"});
  auto& index = builder.index(child, "ix", {1});
  for (const auto& [method, serves] : std::map<std::string, bool>{
           {"btree", true}, {"hash", true}, {"brin", false}, {"gin", false}, {"gist", false}}) {
    index.method = method;
    EXPECT_EQ(served(), serves) << method;
  }
}

TEST_F(ForeignKeyIndex, IsValid) {
  key("fkey", {"a"});
  builder.index(child, "ix", {1}).is_valid = false;
  EXPECT_FALSE(served());
}

TEST_F(ForeignKeyIndex, MayLeaveNullsOut) {
  key("fkey", {"a"});
  auto& index = builder.index(child, "ix", {1});
  index.is_partial = true;
  index.predicate = "something";
  EXPECT_FALSE(served());
  index.not_null = {1};
  EXPECT_TRUE(served());
  index.not_null = {1, 2};
  EXPECT_FALSE(served());
}

TEST_F(ForeignKeyIndex, KnowsTheEqualityOfTheCheck) {
  key("fkey", {"a"});
  auto& index = builder.index(child, "ix", {1});
  index.operator_classes = {kPatternClass};
  EXPECT_FALSE(served());
  builder.snapshot.lookups.insert({kPatternClass, kEquality});
  EXPECT_TRUE(served());
  index.collations = {kOtherCollation};
  EXPECT_FALSE(served());
}

TEST_F(ForeignKeyIndex, IsRecommendedOnceForTwoKeysOnOneColumn) {
  key("one", {"a"});
  key("two", {"a"});
  const auto found = missing();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].names, ElementsAre("one", "two"));
  EXPECT_EQ(found[0].ddl, "CREATE INDEX CONCURRENTLY ix_child_a ON public.child (a)");
  EXPECT_EQ(found[0].rollback, "DROP INDEX CONCURRENTLY public.ix_child_a");
}

TEST_F(ForeignKeyIndex, IsRecommendedOnceAtTheRootOfAPartitionedTable) {
  auto& root = builder.partitioned("root");
  auto& p1 = builder.partition(root, "p1");
  auto& p2 = builder.partition(root, "p2");
  key("fkey", {"a"}, &root);
  const auto found = missing();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].ddl, "CREATE INDEX ix_root_a ON public.root (a)");
  EXPECT_EQ(found[0].table_size.value, 10000 * 8192);
  builder.index(p1, "p1_ix", {1});
  EXPECT_FALSE(served());
  builder.index(p2, "p2_ix", {1});
  EXPECT_TRUE(served());
}

TEST_F(ForeignKeyIndex, MattersByWhatHappensToTheParentAndByTheSizeOfTheChild) {
  key("fkey", {"a"});
  EXPECT_EQ(missing()[0].severity, Severity::kWarning);
  EXPECT_EQ(missing(deleted(3))[0].severity, Severity::kCritical);
  EXPECT_EQ(missing(deleted(3))[0].changes, 3);
  child.pages = 500;
  EXPECT_EQ(missing()[0].severity, Severity::kInfo);
  EXPECT_EQ(missing(deleted(3))[0].severity, Severity::kWarning);
  child.pages = 20;
  EXPECT_EQ(missing(deleted(3))[0].severity, Severity::kInfo);
}

TEST_F(ForeignKeyIndex, CountsStatementsThatSetTheReferencedKey) {
  key("fkey", {"a"});
  ParentChanges changes;
  changes.updates = {{{"public", "parent"}, {"b"}, 100}};
  EXPECT_EQ(missing(changes)[0].severity, Severity::kWarning);
  changes.updates.push_back({{"public", "parent"}, {"a"}, 7});
  EXPECT_EQ(missing(changes)[0].severity, Severity::kCritical);
  EXPECT_EQ(missing(changes)[0].changes, 7);
}

TEST_F(ForeignKeyIndex, IsNotMissedByTablesOfExtensions) {
  key("fkey", {"a"});
  child.in_extension = true;
  EXPECT_THAT(missing(), IsEmpty());
}

TEST_F(ForeignKeyIndex, ComesInTheOrderOfSeverity) {
  key("small", {"a"}, &builder.table("small", 5));
  key("large", {"a"});
  const auto found = missing(deleted(1));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].table.name, "child");
}

TEST_F(ForeignKeyIndex, IsKnownByTheKeyItServesAlsoOnPartitions) {
  auto& root = builder.partitioned("root");
  auto& leaf = builder.partition(root, "leaf");
  key("fkey", {"a"}, &root);
  const auto& own = builder.index(leaf, "own", {1});
  const auto& other = builder.index(leaf, "other", {2});
  const Catalog catalog(builder.snapshot);
  const ForeignKeys keys(catalog);
  ASSERT_NE(keys.served_by(own), nullptr);
  EXPECT_EQ(keys.served_by(own)->name, "fkey");
  EXPECT_EQ(keys.served_by(other), nullptr);
}

}  // namespace
}  // namespace pgadvisor::index_health
