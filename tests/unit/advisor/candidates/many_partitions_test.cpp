#include "advisor/candidates/many_partitions.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pgadvisor::candidates {
namespace {

const model::ObjectName kEvents{"public", "events"};

std::vector<model::Table> parted(std::uint32_t partitions) {
  std::vector<model::Table> tables(1 + partitions);
  for (std::uint32_t i = 0; i < tables.size(); ++i) {
    tables[i].oid = model::Oid{i + 1};
    tables[i].name = {"public", "events_" + std::to_string(i)};
    tables[i].parent = model::Oid{i == 0 ? 0U : 1U};
  }
  tables[0].name = kEvents;
  tables[0].kind = 'p';
  return tables;
}

/// A hundred, each wanted more than the one before.
Wanted hundred() {
  Wanted wanted;
  for (int i = 0; i < 100; ++i) wanted[{kEvents, "btree", {{"c" + std::to_string(i)}}}] = i;
  return wanted;
}

TEST(ManyPartitions, AreIndexedForTheHeaviestStatementsOnly) {
  const auto tables = parted(1000);
  const auto found = tried(hundred(), model::TableTrees(tables));
  EXPECT_EQ(found.size(), 50U);
  EXPECT_TRUE(found.contains({kEvents, "btree", {{"c50"}}}));
  EXPECT_FALSE(found.contains({kEvents, "btree", {{"c49"}}}));
}

TEST(ManyPartitions, AreSeldomTooMany) {
  const auto tables = parted(500);
  EXPECT_EQ(tried(hundred(), model::TableTrees(tables)).size(), 100U);
}

TEST(ManyPartitions, KeepNoPlainTableFromItsIndexes) {
  auto tables = parted(1000);
  auto& plain = tables.emplace_back();
  plain.oid = model::Oid{5000};
  plain.name = {"public", "plain"};
  auto wanted = hundred();
  const model::IndexDefinition light{plain.name, "btree", {{"a"}}};
  wanted[light] = 0;
  EXPECT_TRUE(tried(wanted, model::TableTrees(tables)).contains(light));
}

}  // namespace
}  // namespace pgadvisor::candidates
