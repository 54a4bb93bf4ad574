#pragma once

// Private to collectors/pg: libpq's failures as model::Error.

#include "collectors/model/result.hpp"

#include <string>
#include <string_view>

struct pg_conn;
struct pg_result;

namespace pgadvisor::pg {

/// What to do after an error with this SQLSTATE; an empty one means the connection was lost.
[[nodiscard]] model::NextStep next_step(std::string_view sqlstate);

/// A failed attempt to connect. libpq keeps its SQLSTATE to itself, but prints it at PQERRORS_VERBOSE, which
/// the caller must have set before polling: `message` is PQerrorMessage's text then. `needs_password`:
/// PQconnectionNeedsPassword.
[[nodiscard]] model::Error connect_failure(const std::string& name, std::string_view message,
                                           bool needs_password);

/// A failed statement. Only the primary message is taken: details hold rows of tables.
[[nodiscard]] model::Error statement_failure(const std::string& name, const pg_conn* connection,
                                             const pg_result* result);

}  // namespace pgadvisor::pg
