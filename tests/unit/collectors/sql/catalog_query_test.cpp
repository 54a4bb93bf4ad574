#include "collectors/sql/catalog_query.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::sql {
namespace {

TEST(ReadsCatalogsOnly, IsTrueOfWhatToolsAsk) {
  for (const char* text :
       {"SELECT oid FROM pg_catalog.pg_class WHERE relname = $1", "SELECT tableoid, oid FROM pg_operator",
        "SELECT s.subname FROM pg_subscription s WHERE s.subdbid = (SELECT oid FROM pg_database WHERE "
        "datname = "
        "current_database())",
        "WITH t AS (SELECT oid FROM pg_class) SELECT * FROM t JOIN pg_index i ON i.indexrelid = t.oid",
        "SELECT * FROM information_schema.tables",
        "SELECT c.oid FROM unnest($1::pg_catalog.oid[]) AS src(oid) JOIN pg_constraint c ON c.oid = "
        "src.oid"}) {
    EXPECT_TRUE(reads_catalogs_only(text)) << text;
  }
}

TEST(ReadsCatalogsOnly, IsFalseOfTheWorkload) {
  for (const char* text :
       {"SELECT * FROM orders", "SELECT * FROM orders o JOIN pg_class c ON c.oid = o.id",
        "SELECT * FROM pg_class WHERE oid IN (SELECT id FROM public.orders)", "SELECT * FROM shop.pg_orders",
        "DELETE FROM orders WHERE id = $1", "INSERT INTO orders SELECT oid FROM pg_class", "SELECT $1",
        "SELECT FROM", "WITH orders AS (SELECT 1) SELECT * FROM shop.orders"}) {
    EXPECT_FALSE(reads_catalogs_only(text)) << text;
  }
}

}  // namespace
}  // namespace pgadvisor::sql
