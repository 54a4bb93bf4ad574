#pragma once

// Private to collectors: what the existing indexes are.

#include "collectors/model/catalog.hpp"
#include "collectors/model/result.hpp"
#include "collectors/pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace pgadvisor::collectors {

/// The definition of an index that the catalog's raw columns tell whole: no expression, no predicate, and the
/// operator classes and collations of its columns. Empty for any other.
[[nodiscard]] std::optional<model::IndexDefinition> plain_definition(const model::Index& index,
                                                                     const model::Table& table);

/// Fills model::Index::definition, and `ddl` of those that are not valid. Only what is not plain is asked of the server, with names as its sessions
/// search them (the sandbox reads candidates back alike), and of a few thousand indexes at most: the function
/// that prints an expression opens the index. Fails only when the connection is lost.
[[nodiscard]] boost::asio::awaitable<model::Result<void>> collect_definitions(
    pg::Connection& connection, model::DatabaseSnapshot& snapshot);

}  // namespace pgadvisor::collectors
