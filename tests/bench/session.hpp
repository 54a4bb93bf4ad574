#pragma once

#include "collectors/model/result.hpp"
#include "collectors/pg/blocking_connection.hpp"
#include "collectors/pg/dsn.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace pgadvisor::bench {

/// For programs that end at the first failure: throws std::runtime_error with its message.
template <class T>
T value_of(model::Result<T> result) {
  if (!result) throw std::runtime_error(to_string(result.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// One session with a database. Throws std::runtime_error with the server's message.
class Session {
 public:
  explicit Session(const pg::Dsn& dsn);

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
