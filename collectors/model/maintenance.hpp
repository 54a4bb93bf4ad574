#pragma once

#include "collectors/model/ids.hpp"
#include "collectors/model/units.hpp"

#include <string>
#include <vector>

namespace pgadvisor::model {

/// What reads whole tables though no index would make it cheaper.
enum class MaintenanceKind {
  kIndexBuild = 1,  ///< CREATE INDEX, REINDEX
  kCopy = 2,        ///< COPY ... TO
  kDump = 3,        ///< pg_dump, between its COPYs too
  kRewrite = 4,     ///< CLUSTER, VACUUM FULL, ALTER TABLE
};

/// One such piece of work. By OID where that is known, else by name; of the whole database when neither is.
struct Maintenance {
  MaintenanceKind kind{};
  ObjectName relation = {};  ///< schema empty: any; name empty: not known by name
  bool is_index = false;     ///< `relation` is an index of the table in question
  Oid oid{};                 ///< of the table

  bool operator==(const Maintenance&) const = default;
};

/// Seen at work, or just done.
struct MaintenanceSight {
  std::string database;
  Maintenance work;
};

struct MaintenancePoll {
  Timestamp taken_at{};  ///< the server's clock
  std::vector<MaintenanceSight> sights;
};

}  // namespace pgadvisor::model
