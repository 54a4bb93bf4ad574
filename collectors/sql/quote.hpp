#pragma once

#include "collectors/model/ids.hpp"
#include "collectors/model/index_definition.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pgadvisor::sql {

/// As PostgreSQL's quote_identifier(): quotes unless lower-case, plain and no keyword but an unreserved one.
[[nodiscard]] std::string quote_identifier(std::string_view name);

/// schema.name, each part quoted where needed.
[[nodiscard]] std::string quote_name(const model::ObjectName& name);

/// As PostgreSQL's quote_literal(): 'it''s', and E'' with backslashes doubled.
[[nodiscard]] std::string quote_literal(std::string_view text);

/// `ix_{table}_{columns}`, at most 63 bytes (cut at a UTF-8 boundary with a hash of the whole name at its
/// end), and different from every name in `taken` (a number is appended).
[[nodiscard]] std::string index_name(const model::IndexDefinition& definition,
                                     const std::vector<std::string>& taken);

/// "orders (customer_id, created_at DESC) INCLUDE (status) WHERE deleted_at IS NULL", with "USING gin" where
/// the method is not btree: what follows ON in CREATE INDEX. Also the canonical text that ids are derived
/// from.
[[nodiscard]] std::string describe(const model::IndexDefinition& definition);

/// CREATE INDEX CONCURRENTLY name ON describe(definition). On a partitioned table without CONCURRENTLY, which
/// PostgreSQL does not have there.
[[nodiscard]] std::string create_index(const model::IndexDefinition& definition, std::string_view name,
                                       bool concurrently);

/// DROP INDEX CONCURRENTLY schema.name.
[[nodiscard]] std::string drop_index(std::string_view schema, std::string_view name, bool concurrently);

}  // namespace pgadvisor::sql
