#pragma once

// Private to advisor/sandbox.

namespace pgadvisor::sandbox {

/// Of a session with production, like a collector's: nothing is written, and a lock is not waited for.
inline constexpr const char* kMannersInProduction =
    "set search_path = ''; set default_transaction_read_only = on; set lock_timeout = '2s';"
    " set statement_timeout = '15s'; set jit = off";

}  // namespace pgadvisor::sandbox
