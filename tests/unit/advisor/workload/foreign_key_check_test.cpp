#include "advisor/workload/foreign_key_check.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::workload {
namespace {

model::DatabaseSnapshot shop(char referencing_kind = 'r') {
  model::DatabaseSnapshot snapshot;
  model::Table products;
  products.oid = model::Oid{1};
  products.name = {"public", "products"};
  model::Table items;
  items.oid = model::Oid{2};
  items.name = {"Shop \"x\"", "items"};
  items.kind = referencing_kind;
  snapshot.tables = {products, items};
  snapshot.foreign_keys = {{"items_product_fk", items.oid, {"product", "Lot"}, products.oid, {"id", "lot"}}};
  return snapshot;
}

const model::ObjectName kProducts{"public", "products"};

TEST(ForeignKeyCheck, FiresForEveryDelete) {
  const auto checks = foreign_key_checks({'d', kProducts, {}}, shop());
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].constraint, "items_product_fk");
  EXPECT_EQ(
      checks[0].text,
      R"(SELECT 1 FROM ONLY "Shop ""x""".items x WHERE $1 = x.product AND $2 = x."Lot" FOR KEY SHARE OF x)");
}

TEST(ForeignKeyCheck, FiresForAnUpdateOfTheReferencedColumnsOnly) {
  EXPECT_EQ(foreign_key_checks({'u', kProducts, {"lot"}}, shop()).size(), 1U);
  EXPECT_TRUE(foreign_key_checks({'u', kProducts, {"price"}}, shop()).empty());
}

TEST(ForeignKeyCheck, DoesNotFireForInsertsNorForTheReferencingTable) {
  EXPECT_TRUE(foreign_key_checks({'i', kProducts, {}}, shop()).empty());
  EXPECT_TRUE(foreign_key_checks({'d', {"Shop \"x\"", "items"}, {}}, shop()).empty());
}

TEST(ForeignKeyCheck, ReadsAllPartitionsOfAPartitionedTable) {
  const auto checks = foreign_key_checks({'d', kProducts, {}}, shop('p'));
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].text.find("ONLY"), std::string::npos);
}

}  // namespace
}  // namespace pgadvisor::workload
