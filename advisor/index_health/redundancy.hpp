#pragma once

#include "advisor/index_health/replacement.hpp"
#include "advisor/index_health/subject.hpp"

#include <map>
#include <set>

namespace pgadvisor::index_health {

/// What another index does as well.
struct Redundant {
  const model::Index* keeper = nullptr;  ///< stays; may be attached to a partitioned index
  Replacement by_keeper;                 ///< kReview or kFully
};

struct Redundancy {
  std::map<model::Oid, Redundant> redundant;  ///< by the OID of the index that could go
  std::set<model::Oid> keepers;               ///< subjects that are named as keepers: none of them may go
};

/// Every index whose work another one does, with the one that stays: chains are resolved, so that a keeper is
/// never itself redundant. Duplicates of partitioned indexes are found once, at the top.
[[nodiscard]] Redundancy find_redundant(const Catalog& catalog);

}  // namespace pgadvisor::index_health
