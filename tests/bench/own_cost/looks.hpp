#pragma once

#include "tests/support/cluster.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace pgadvisor::bench {

/// One way to look at the server, measured over a connection of its own.
struct Look {
  std::string what;
  double first = 0;         ///< seconds in the server, as seen from here
  double processor = 0;     ///< seconds of its processor that the first took
  double again = 0;         ///< the same over the same connection once more
  std::int64_t growth = 0;  ///< bytes by which the backend grew meanwhile
  bool counters = false;    ///< one of the polls that are repeated all day
};

/// What pgadvisor reads of the server and of `database`.
[[nodiscard]] std::vector<Look> own_looks(const testing::Cluster& cluster, const std::string& database);

/// How the same is commonly asked for.
[[nodiscard]] std::vector<Look> naive_looks(const testing::Cluster& cluster, const std::string& database);

}  // namespace pgadvisor::bench
