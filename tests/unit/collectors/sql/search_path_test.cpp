#include "collectors/sql/search_path.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::sql {
namespace {

TEST(CatalogFirst, LeavesPgCatalogOutSoThatItIsSearchedFirst) {
  EXPECT_EQ(catalog_first("\"$user\", public"), "\"$user\", public");
  EXPECT_EQ(catalog_first("evil, pg_catalog, public"), "evil, public");
  EXPECT_EQ(catalog_first("evil, PG_CATALOG"), "evil");
  EXPECT_EQ(catalog_first("\"pg_catalog\""), "");
  EXPECT_EQ(catalog_first(""), "");
}

TEST(CatalogFirst, KeepsQuotedNamesWhole) {
  EXPECT_EQ(catalog_first("\"a, pg_catalog\", b"), "\"a, pg_catalog\", b");
}

}  // namespace
}  // namespace pgadvisor::sql
