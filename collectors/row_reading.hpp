#pragma once

// Private to collectors: columns of catalog queries as model values.

#include "collectors/model/ids.hpp"
#include "collectors/model/units.hpp"
#include "collectors/pg/rows.hpp"

#include <optional>
#include <string>

namespace pgadvisor::collectors {

/// SQL for a timestamptz as microseconds since 1970, which the functions below read.
inline std::string microseconds(const std::string& expression) {
  return "(pg_catalog.date_part('epoch', " + expression + ") * 1000000)::bigint";
}

inline std::optional<model::Timestamp> optional_timestamp(const pg::Rows& rows, int row, int column) {
  if (rows.is_null(row, column)) return std::nullopt;
  return model::Timestamp(std::chrono::microseconds(rows.integer(row, column)));
}

inline model::Timestamp timestamp(const pg::Rows& rows, int row, int column) {
  return optional_timestamp(rows, row, column).value_or(model::Timestamp{});
}

inline model::Oid oid(const pg::Rows& rows, int row, int column) {
  return static_cast<model::Oid>(rows.integer(row, column));
}

inline std::optional<float> optional_float(const pg::Rows& rows, int row, int column) {
  const auto value = rows.optional_real(row, column);
  return value ? std::optional(static_cast<float>(*value)) : std::nullopt;
}

/// Schema in `column`, name in the next one.
inline model::ObjectName object_name(const pg::Rows& rows, int row, int column) {
  return {rows.string(row, column), rows.string(row, column + 1)};
}

/// Namespaces whose relations nobody can index or that vanish with their session.
inline constexpr const char* kUserNamespace =
    "n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_toast%' "
    "AND n.nspname NOT LIKE 'pg\\_temp%'";

}  // namespace pgadvisor::collectors
