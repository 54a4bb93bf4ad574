#include "advisor/hotspots/unindexed_keys.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::hotspots {
namespace {

TEST(UnindexedKeys, NameEveryConstraintWithItsOtherEndAndColumns) {
  model::DatabaseSnapshot snapshot;
  for (const int oid : {1, 2, 3}) {
    auto& table = snapshot.tables.emplace_back();
    table.oid = model::Oid{static_cast<std::uint32_t>(oid)};
    table.name = {"public", oid == 1 ? "orders" : oid == 2 ? "customers" : "people"};
    for (const char* name : {"id", "customer_id"}) {
      auto& column = table.columns.emplace_back();
      column.name = name;
      column.number = static_cast<std::int16_t>(table.columns.size());
    }
  }
  for (const int parent : {2, 3}) {
    auto& key = snapshot.foreign_keys.emplace_back();
    key.name = parent == 2 ? "orders_customer" : "orders_person";
    key.table = model::Oid{1};
    key.columns = {"customer_id"};
    key.referenced_table = model::Oid{static_cast<std::uint32_t>(parent)};
    key.referenced_columns = {"id"};
  }
  const auto keys = unindexed_keys(snapshot);
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].table.name, "orders");
  EXPECT_EQ(keys[0].name, "orders_customer");
  EXPECT_EQ(keys[0].references.name, "customers");
  EXPECT_EQ(keys[0].columns, std::vector<std::string>{"customer_id"});
  EXPECT_EQ(keys[1].name, "orders_person");
  EXPECT_EQ(keys[1].references.name, "people");
}

}  // namespace
}  // namespace pgadvisor::hotspots
