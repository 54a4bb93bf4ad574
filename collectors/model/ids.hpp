#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace pgadvisor::model {

/// PostgreSQL object identifier. Valid in the server it was read from only: production's and the sandbox's differ.
enum class Oid : std::uint32_t { kInvalid = 0 };

/// pg_stat_statements.queryid. Signed 64 bits; shown to people in decimal, as PostgreSQL does.
enum class QueryId : std::int64_t { kNone = 0 };

/// Schema-qualified name of a relation, unquoted. What survives re-creation, pg_dump and REINDEX.
struct ObjectName {
  std::string schema;
  std::string name;

  auto operator<=>(const ObjectName&) const = default;
};

}  // namespace pgadvisor::model

template <>
struct std::hash<pgadvisor::model::ObjectName> {
  std::size_t operator()(const pgadvisor::model::ObjectName& object) const noexcept {
    return std::hash<std::string>{}(object.schema) * 31 + std::hash<std::string>{}(object.name);
  }
};
