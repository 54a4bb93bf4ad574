#include "advisor/hotspots/unindexed_keys.hpp"

#include "advisor/index_health/foreign_keys.hpp"
#include "advisor/index_health/subject.hpp"

namespace pgadvisor::hotspots {

std::vector<UnindexedForeignKey> unindexed_keys(const model::DatabaseSnapshot& snapshot) {
  const index_health::Catalog catalog(snapshot);
  std::vector<UnindexedForeignKey> keys;
  for (const auto& report : index_health::ForeignKeys(catalog).without_index({})) {
    for (std::size_t i = 0; i < report.names.size(); ++i) {
      keys.push_back({report.table, report.names[i], report.references[i], report.columns});
    }
  }
  return keys;
}

}  // namespace pgadvisor::hotspots
