#pragma once

#include "advisor/report.hpp"
#include "collectors/model/index_definition.hpp"
#include "collectors/model/units.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <vector>

namespace pgadvisor::daemon {

struct WhatifIndex {
  model::IndexDefinition definition;
  model::Bytes size;
  int tree_height = 0;
};

struct WhatifStatement {
  std::string query_id;
  std::string query;
  model::Cost cost_before;
  model::Cost cost_after;
  std::string plan_before;  ///< EXPLAIN (FORMAT JSON)
  std::string plan_after;
};

/// The answer of `pgadvisor whatif`.
struct WhatifAnswer {
  std::string database;
  int server_version = 0;
  int sandbox_version = 0;
  std::vector<WhatifIndex> indexes;
  std::vector<WhatifStatement> statements;
  std::vector<advisor::SkippedStatement> skipped;
  std::vector<std::string> limitations;
};

[[nodiscard]] boost::json::value to_json(const WhatifAnswer& answer);

}  // namespace pgadvisor::daemon
