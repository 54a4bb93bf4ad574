#pragma once

#include "tests/support/cluster.hpp"

#include <string>
#include <vector>

namespace pgadvisor::bench {

/// A definition of indexes.sql.
struct IndexDdl {
  std::string name;
  std::string sql;  ///< CREATE INDEX name ON ...
};

/// A database of the bench: what is asked of it, and which indexes it might get (tests/bench/schemas).
struct Schema {
  std::string name;  ///< also its database's
  std::vector<std::string> statements;
  std::vector<IndexDdl> indexes;
};

[[nodiscard]] const std::vector<std::string>& schema_names();

/// Settings of a cluster that holds the schemas: loading must not take longer than measuring.
[[nodiscard]] testing::ClusterOptions cluster_options();

/// Reads statements and indexes of one of schema_names(), and makes its database in `cluster`, with rows and
/// statistics. At `scale` 1 the largest table has about a million rows; the shop comes in one size. Throws
/// std::runtime_error.
[[nodiscard]] Schema load_schema(testing::Cluster& cluster, const std::string& name, double scale);

}  // namespace pgadvisor::bench
