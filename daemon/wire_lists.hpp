#pragma once

// Private to wire*.cpp.

#include "daemon/wire.hpp"

#include <boost/json/array.hpp>

#include <vector>

namespace pgadvisor::daemon {

template <class T>
[[nodiscard]] boost::json::array json_list(const std::vector<T>& values) {
  boost::json::array array;
  for (const T& value : values) array.emplace_back(to_json(value));
  return array;
}

}  // namespace pgadvisor::daemon
