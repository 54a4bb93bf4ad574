#pragma once

// Private to collectors/history.

#include "collectors/history/sqlite.hpp"
#include "collectors/model/units.hpp"

#include <chrono>
#include <filesystem>

namespace pgadvisor::history {

/// Slices finer than an hour are kept this long; older ones are summed up to hours.
inline constexpr std::chrono::hours kFineSlices{6};

/// Sums up old slices, drops what is older than `retention` before `now`, then the oldest tenth of the
/// remaining time again and again until the file is smaller than `limit`, and gives the space back to the
/// file system.
void prune_database(Database& database, model::Timestamp now, std::chrono::hours retention,
                    model::Bytes limit);

/// The file and its write-ahead log.
[[nodiscard]] model::Bytes size_of(const std::filesystem::path& file);

}  // namespace pgadvisor::history
