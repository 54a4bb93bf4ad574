#include "collectors/model/table_trees.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace pgadvisor::model {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Table table(std::uint32_t oid, const std::string& name, char kind, std::uint32_t parent = 0) {
  Table result;
  result.oid = Oid{oid};
  result.name = {"public", name};
  result.kind = kind;
  result.parent = Oid{parent};
  result.pages = kind == 'p' ? 0 : 10;
  return result;
}

/// Two levels of partitions, and a plain table with a child that inherits.
std::vector<Table> tables() {
  return {table(1, "root", 'p'),    table(2, "east", 'p', 1),   table(3, "east_1", 'r', 2),
          table(4, "west", 'r', 1), table(5, "elder", 'r'),     table(6, "heir", 'r', 5),
          table(7, "far", 'p'),     table(8, "abroad", 'f', 7), table(9, "alien", 'f')};
}

std::vector<std::string> names(const std::vector<const Table*>& found) {
  std::vector<std::string> result;
  for (const auto* table : found) result.push_back(table->name.name);
  return result;
}

class Trees : public ::testing::Test {
 protected:
  [[nodiscard]] const Table& at(const std::string& name) const { return *trees_.find({"public", name}); }

  std::vector<Table> tables_ = tables();
  TableTrees trees_{tables_};
};

TEST_F(Trees, KnowWhatIsBelowAndAboveAtAnyDepth) {
  EXPECT_THAT(names(trees_.below(at("root"))), ElementsAre("east", "east_1", "west"));
  EXPECT_THAT(names(trees_.leaves(at("root"))), ElementsAre("east_1", "west"));
  EXPECT_THAT(names(trees_.above(at("east_1"))), ElementsAre("east", "root"));
  EXPECT_EQ(trees_.pages(at("root")), 20);
  EXPECT_EQ(trees_.find({"public", "nowhere"}), nullptr);
}

TEST_F(Trees, AreOfPartitionsOnly) {
  EXPECT_THAT(names(trees_.leaves(at("elder"))), ElementsAre("elder"));
  EXPECT_THAT(trees_.below(at("elder")), IsEmpty());
  EXPECT_THAT(trees_.above(at("heir")), IsEmpty());
}

TEST_F(Trees, TellForeignPartitions) {
  EXPECT_TRUE(trees_.has_foreign_leaf(at("far")));
  EXPECT_FALSE(trees_.has_foreign_leaf(at("root")));
  EXPECT_FALSE(trees_.has_foreign_leaf(at("alien")));
}

}  // namespace
}  // namespace pgadvisor::model
