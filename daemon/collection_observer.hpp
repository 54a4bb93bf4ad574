#pragma once

#include "collectors/model/catalog.hpp"

#include <functional>
#include <string>

namespace pgadvisor::daemon {

/// Told of what the collection recorded, on its thread.
struct CollectionObserver {
  std::function<void()> watching;  ///< which databases are watched is known
  std::function<void(const model::DatabaseSnapshot&)> looked;
  std::function<void(const std::string& database)> unchanged;  ///< since the last snapshot
  std::function<void(const std::string& database)> counted;    ///< counters of its tables and indexes
};

}  // namespace pgadvisor::daemon
