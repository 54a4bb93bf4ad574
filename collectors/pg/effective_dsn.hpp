#pragma once

// Private to collectors/pg.

#include "collectors/pg/dsn.hpp"
#include "collectors/pg/libpq.hpp"

namespace pgadvisor::pg {

/// Where a connection really went, password from .pgpass or service file included. Empty for null.
[[nodiscard]] Dsn effective_dsn(PGconn* connection);

}  // namespace pgadvisor::pg
