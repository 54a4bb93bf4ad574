#pragma once

// Private to collectors/history.

#include "collectors/history/sqlite.hpp"

#include <filesystem>

namespace pgadvisor::history {

/// Creates folder (0700) and file (0600) where they are missing, takes the file for this process alone, and
/// brings its schema to this binary's version. Throws StorageFailure.
[[nodiscard]] Database open_database(const std::filesystem::path& file);

}  // namespace pgadvisor::history
