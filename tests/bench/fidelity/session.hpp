#pragma once

#include "collectors/pg/blocking_connection.hpp"
#include "tests/support/cluster.hpp"

#include <optional>
#include <string>

namespace pgadvisor::bench {

/// One session with a database of the cluster. Throws std::runtime_error with the server's message.
class Session {
 public:
  Session(testing::Cluster& cluster, const std::string& database);

  void execute(const std::string& sql);
  [[nodiscard]] pg::Rows query(const std::string& sql, const pg::Parameters& parameters = {});
  /// EXPLAIN (FORMAT JSON); nullopt when PostgreSQL refuses the statement.
  [[nodiscard]] std::optional<std::string> plan(const std::string& statement);

 private:
  pg::BlockingConnection connection_;
};

/// Total cost of the top node of EXPLAIN (FORMAT JSON), in hundredths of the planner's unit.
[[nodiscard]] double total_cost(const std::string& plan);
/// Rows that the top node of EXPLAIN (FORMAT JSON) returns.
[[nodiscard]] double rows_of(const std::string& plan);
/// Bytes of a row of the top node.
[[nodiscard]] double width_of(const std::string& plan);

}  // namespace pgadvisor::bench
