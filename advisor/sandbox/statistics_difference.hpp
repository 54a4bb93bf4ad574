#pragma once

#include "collectors/model/catalog.hpp"

#include <vector>

namespace pgadvisor::sandbox {

/// The statistics to load again.
struct StatisticsDifference {
  std::vector<model::ObjectName> relations;        ///< whose statistics go first, all of them
  std::vector<model::ColumnStatistics> columns;    ///< of those relations, as they are now
  std::vector<model::ExtendedStatistics> objects;  ///< that changed
};

/// What changed between two snapshots of a database; `changed` are tables whose statistics the twin lost, if
/// only in part, with those of their indexes.
[[nodiscard]] StatisticsDifference statistics_difference(const model::DatabaseSnapshot& from,
                                                         const model::DatabaseSnapshot& to,
                                                         const std::vector<model::ObjectName>& changed);

}  // namespace pgadvisor::sandbox
