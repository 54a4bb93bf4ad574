#pragma once

#include "collectors/model/index_definition.hpp"

#include <string>
#include <utility>
#include <vector>

namespace pgadvisor::candidates {

inline const model::ObjectName kOrders{"public", "orders"};
inline const model::ObjectName kTable{"public", "t"};

inline model::IndexDefinition btree(std::vector<model::IndexKey> keys, std::vector<std::string> include = {},
                                    std::string predicate = {}) {
  return {kTable, "btree", std::move(keys), std::move(include), std::move(predicate)};
}

}  // namespace pgadvisor::candidates
