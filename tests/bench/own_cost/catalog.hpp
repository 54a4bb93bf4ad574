#pragma once

#include "tests/support/cluster.hpp"

#include <string>

namespace pgadvisor::bench {

struct CatalogShape {
  int tables = 10000;
  int indexes = 10;       ///< of each table, its primary key among them
  int statements = 5000;  ///< entries of pg_stat_statements
};

/// Makes a database with that many tables in schemas of a hundred, each with a few rows, statistics and
/// counters: every table was read, and six of ten indexes were.
[[nodiscard]] std::string make_large_catalog(testing::Cluster& cluster, const CatalogShape& shape);

}  // namespace pgadvisor::bench
