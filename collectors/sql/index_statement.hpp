#pragma once

#include "collectors/model/ids.hpp"
#include "collectors/model/result.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pgadvisor::sql {

/// What an index does, its name and storage parameters aside, for telling two CREATE INDEX statements alike:
/// PostgreSQL prints an expression otherwise than people write it (casts, IN lists, pg_catalog). Names are
/// compared as they are written: nothing is looked up.
struct IndexShape {
  struct Key {
    std::string what;    ///< column or expression, operator class and collation, in a form of our own
    std::string column;  ///< unquoted; empty for an expression
    bool descending = false;
    bool nulls_first = false;

    bool operator==(const Key&) const = default;
  };
  std::string method;
  std::vector<Key> keys;
  std::set<std::string> include = {};
  std::string predicate = {};  ///< in that form; empty: a full index
  bool is_unique = false;
  bool nulls_not_distinct = false;

  bool operator==(const IndexShape&) const = default;
};

/// Whether whatever an index of shape `wanted` could be used for, `existing` could as well: equal, or a
/// B-tree whose first keys are those of `wanted` in their order (or all inverted) and that holds its included
/// columns, over the same rows. A unique index is only served by one that is unique on the same keys.
[[nodiscard]] bool serves(const IndexShape& existing, const IndexShape& wanted);

/// One CREATE INDEX statement.
struct CreateIndexStatement {
  std::string name;         ///< unquoted; empty where none was given
  model::ObjectName table;  ///< unquoted; the schema is empty where none was given
  bool only = false;
  bool concurrently = false;
  std::string
      body;  ///< all that follows the table, as it was written, comments aside: "USING gin (a) WHERE b"
  std::string tablespace = {};  ///< unquoted; empty where none was given
  IndexShape shape = {};
};

/// One DROP INDEX statement of one index.
struct DropIndexStatement {
  model::ObjectName index;  ///< unquoted; the schema is empty where none was given
  bool concurrently = false;
};

using IndexStatement = std::variant<CreateIndexStatement, DropIndexStatement>;

/// Exactly one CREATE INDEX, or one DROP INDEX of one index without CASCADE; kGiveUp for anything else.
/// Syntax only: whether the table exists is the server's to say.
[[nodiscard]] model::Result<IndexStatement> parse_index_statement(std::string_view text);

/// The statement for a table, which is qualified. On one partition or an ordinary table with `concurrently`,
/// on a partitioned table itself with `only`.
[[nodiscard]] std::string create_index(const CreateIndexStatement& statement, const std::string& name,
                                       const model::ObjectName& table, bool concurrently, bool only);

}  // namespace pgadvisor::sql
