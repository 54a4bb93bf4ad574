#pragma once

// Private to advisor/sandbox: members of the JSON that the planner module answers.

#include <boost/json/object.hpp>

#include <string_view>

namespace pgadvisor::sandbox {

[[nodiscard]] inline double number_in(const boost::json::object& object, std::string_view name) {
  return object.at(name).to_number<double>();
}

}  // namespace pgadvisor::sandbox
