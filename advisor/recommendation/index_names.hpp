#pragma once

#include "collectors/model/catalog.hpp"

#include <map>
#include <string>
#include <vector>

namespace pgadvisor::recommendation {

/// Names for indexes that are to be made, each handed out once.
class IndexNames {
 public:
  /// The snapshot outlives it.
  explicit IndexNames(const model::DatabaseSnapshot& snapshot);

  /// One that nothing in the schema has. Of an index that is being built already: the one it has.
  [[nodiscard]] std::string take(const model::IndexDefinition& definition);

 private:
  const model::DatabaseSnapshot& snapshot_;
  std::map<std::string, std::vector<std::string>> taken_;  ///< by schema
};

}  // namespace pgadvisor::recommendation
