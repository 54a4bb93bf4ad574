#pragma once

#include "advisor/index_health/subject.hpp"

#include <string>

namespace pgadvisor::index_health {

/// What an index that is not valid is.
struct Invalid {
  enum class Kind {
    kValid,
    kBuilding,    ///< CREATE INDEX or REINDEX CONCURRENTLY is at work
    kFailed,      ///< such a build failed; no query uses the index, every write maintains it
    kIncomplete,  ///< of a partitioned table: not all partitions have it attached
    kUntold,      ///< seen from a replica, which shows no builds, or by a role that may not see them
  };
  Kind kind = Kind::kValid;
  std::string reason;
};

/// By its name too: REINDEX CONCURRENTLY builds `..._ccnew` beside the index that it is to replace, and
/// renames the replaced one to `..._ccold` before it drops it (indexcmds.c).
[[nodiscard]] Invalid judge_validity(const Subject& subject, const Catalog& catalog);

}  // namespace pgadvisor::index_health
