#pragma once

// Private to collectors/sql: members of the nodes of libpg_query's parse trees.

#include <boost/json/object.hpp>

#include <string_view>

namespace pgadvisor::sql {

/// Empty when the node has no such text. Points into the node.
[[nodiscard]] inline std::string_view text_of(const boost::json::object& node, std::string_view member) {
  const auto* value = node.if_contains(member);
  return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

/// A node has no member for what is false.
[[nodiscard]] inline bool flag(const boost::json::object& node, std::string_view member) {
  const auto* value = node.if_contains(member);
  return value && value->is_bool() && value->get_bool();
}

}  // namespace pgadvisor::sql
