#pragma once

// Private to collectors/sql.

#include "collectors/sql/index_statement.hpp"

#include <boost/json/object.hpp>

namespace pgadvisor::sql {

/// `statement`: the IndexStmt of libpg_query's parse tree.
[[nodiscard]] IndexShape shape_of(const boost::json::object& statement);

}  // namespace pgadvisor::sql
