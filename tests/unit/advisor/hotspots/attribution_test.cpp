#include "advisor/hotspots/attribution.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::hotspots {
namespace {

Executed executed(int id, const std::string& text, std::int64_t calls, std::int64_t blocks) {
  Executed statement;
  statement.key.query_id = model::QueryId{id};
  statement.text = text;
  statement.counters.calls = calls;
  statement.counters.rows = calls * 2;
  statement.counters.shared_blocks_hit = blocks - 1;
  statement.counters.shared_blocks_read = 1;
  return statement;
}

const ReadTable kReadOrders{
    {{"public", "orders"}, {"public", "all_orders"}},
    1000,
    10,
    {{{"public", "orders"}, "orders_fkey", {"public", "customers"}, {"customer_id"}}}};

TEST(Readers, TouchAtLeastHalfOfTheTableEachTime) {
  const std::vector<Executed> statements{executed(1, "SELECT * FROM orders WHERE a = $1", 4, 4000),
                                         executed(2, "SELECT * FROM orders WHERE id = $1", 1000, 4000),
                                         executed(3, "SELECT * FROM lines", 4, 4000)};
  const auto found = readers(kReadOrders, statements);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().query_id, "1");
  EXPECT_DOUBLE_EQ(found.front().share, 0.4);
  EXPECT_DOUBLE_EQ(found.front().blocks_per_call, 1000);
  EXPECT_DOUBLE_EQ(found.front().rows_per_call, 2);
}

TEST(Readers, MayNameTheParentOfAPartition) {
  const std::vector<Executed> statements{executed(1, "SELECT * FROM all_orders WHERE a = $1", 4, 4000)};
  EXPECT_EQ(readers(kReadOrders, statements).size(), 1U);
}

TEST(Readers, FireTheCheckOfAForeignKey) {
  const std::vector<Executed> statements{executed(1, "DELETE FROM customers WHERE id = $1", 4, 4100)};
  const auto found = readers(kReadOrders, statements);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().foreign_key, "orders_fkey");
}

TEST(Readers, FireNoCheckWhenTheyOnlyReadTheOtherEnd) {
  const std::vector<Executed> statements{executed(1, "SELECT * FROM customers WHERE name = $1", 4, 4100)};
  EXPECT_TRUE(readers(kReadOrders, statements).empty());
}

TEST(Readers, MayBeTheCheckItself) {
  const std::vector<Executed> statements{
      executed(1,
               "SELECT $2 FROM ONLY \"public\".\"orders\" x WHERE $1 OPERATOR(pg_catalog.=) \"customer_id\" "
               "FOR KEY SHARE OF x",
               4, 4000),
      executed(2, "DELETE FROM ONLY \"public\".\"orders\" WHERE $1 OPERATOR(pg_catalog.=) \"store_id\"", 4,
               4000)};
  const auto found = readers(kReadOrders, statements);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].foreign_key, "orders_fkey");
  EXPECT_EQ(found[1].foreign_key, "");
}

TEST(KeysOf, AreThoseOfTheTableAndOfThePartitionedTableAboveIt) {
  const UnindexedForeignKey own{{"public", "orders"}, "a", {"public", "customers"}, {"customer_id"}};
  const UnindexedForeignKey above{{"public", "all_orders"}, "b", {"public", "customers"}, {"customer_id"}};
  const UnindexedForeignKey other{{"public", "lines"}, "c", {"public", "customers"}, {"customer_id"}};
  const auto keys = keys_of(kReadOrders.names, std::vector{own, above, other});
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].name, "a");
  EXPECT_EQ(keys[1].name, "b");
}

TEST(Readers, ComeWithMostBlocksFirstAndAreFew) {
  std::vector<Executed> statements;
  for (int i = 1; i <= 20; ++i)
    statements.push_back(executed(i, "SELECT * FROM orders WHERE a = $1", i, i * 2000));
  const auto found = readers(kReadOrders, statements);
  ASSERT_EQ(found.size(), 10U);
  EXPECT_EQ(found.front().query_id, "20");
}

TEST(Readers, AreNoneWhoseTextIsNotKnown) {
  const std::vector<Executed> statements{executed(1, "", 4, 4000)};
  EXPECT_TRUE(readers(kReadOrders, statements).empty());
}

}  // namespace
}  // namespace pgadvisor::hotspots
