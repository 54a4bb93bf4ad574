#pragma once

#include "collectors/pg/dsn.hpp"

#include <optional>
#include <string>

namespace pgadvisor::pg {

/// For a DSN that lists several hosts: the same without `host` (a name, address or socket folder at `port`)
/// and those before it. libpq's own connect_timeout, which would go on to the next host, does not work for
/// polled connections. Nothing when no host is left.
[[nodiscard]] std::optional<Dsn> without_hosts_up_to(const Dsn& dsn, const std::string& host,
                                                     const std::string& port);

}  // namespace pgadvisor::pg
