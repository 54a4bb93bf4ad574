#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct pg_result;  // PGresult; libpq-fe.h stays inside this folder

namespace pgadvisor::pg {

/// The rows of one statement, in text format. Cheap to move and to copy (shared, immutable).
class Rows {
 public:
  explicit Rows(pg_result* result);  ///< takes ownership

  [[nodiscard]] int size() const;
  [[nodiscard]] int columns() const;
  /// Rows affected by a command, 0 where that makes no sense.
  [[nodiscard]] std::int64_t affected() const;

  [[nodiscard]] bool is_null(int row, int column) const;
  [[nodiscard]] std::string_view text(int row,
                                      int column) const;  ///< "" for NULL; valid as long as a copy of Rows
  [[nodiscard]] std::string string(int row, int column) const { return std::string(text(row, column)); }
  [[nodiscard]] std::int64_t integer(int row, int column) const;  ///< 0 for NULL
  [[nodiscard]] double real(int row, int column) const;           ///< 0 for NULL
  [[nodiscard]] bool boolean(int row, int column) const;          ///< false for NULL
  [[nodiscard]] std::optional<std::string> optional_string(int row, int column) const;
  [[nodiscard]] std::optional<double> optional_real(int row, int column) const;

 private:
  std::shared_ptr<pg_result> result_;
};

/// Parameters in text format; nullopt is NULL.
using Parameters = std::vector<std::optional<std::string>>;

}  // namespace pgadvisor::pg
