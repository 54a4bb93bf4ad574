#pragma once

#include <string>
#include <string_view>

namespace pgadvisor::sql {

/// In every statement sent to production, behind its first word (PostgreSQL 18 cuts leading comments off): so
/// that the entries of pg_stat_statements that pgadvisor itself causes can be told from the workload.
inline constexpr std::string_view kOwnMark = "/* pgadvisor */";

/// "SELECT 1" -> "SELECT /* pgadvisor */ 1".
[[nodiscard]] inline std::string mark_own(std::string_view sql) {
  const auto start = sql.find_first_not_of(" \t\r\n");
  const auto end = start == std::string_view::npos ? start : sql.find_first_of(" \t\r\n(;", start);
  if (end == std::string_view::npos || end == start) return std::string(kOwnMark) + ' ' + std::string(sql);
  return std::string(sql.substr(0, end)) + ' ' + std::string(kOwnMark) + std::string(sql.substr(end));
}

/// For a text as the server has it, before its comments are stripped.
[[nodiscard]] inline bool is_own(std::string_view text) {
  return text.find(kOwnMark) != std::string_view::npos;
}

}  // namespace pgadvisor::sql
