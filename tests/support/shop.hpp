#pragma once

#include "tests/support/cluster.hpp"

#include <string>

namespace pgadvisor::testing {

/// A database whose table `orders` (200,000 rows, over 1,000 pages) lacks an index on customer_id. `times`
/// statements have felt that.
inline std::string make_shop(Cluster& cluster, int times = 5) {
  const auto shop = cluster.create_database();
  cluster.execute(
      "CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, status text, total int, note text);"
      "INSERT INTO orders SELECT i, i % 20000, CASE WHEN i % 50 = 0 THEN 'open' ELSE 'done' END, i % 977,"
      " repeat('x', 40) FROM generate_series(1, 200000) i",
      shop);
  cluster.execute("VACUUM ANALYZE orders", shop);
  // Loading is no part of the workload.
  cluster.execute("SELECT pg_stat_statements_reset()");
  cluster.execute("SELECT pg_stat_reset()", shop);
  for (int i = 0; i < times; ++i) {
    cluster.execute("SELECT id, total FROM orders WHERE customer_id = " + std::to_string(17 * i), shop);
  }
  return shop;
}

}  // namespace pgadvisor::testing
