#pragma once

#include "daemon/http/api.hpp"

#include <boost/json/array.hpp>

#include <string_view>

namespace pgadvisor::daemon::http {

/// One of the API's lists.
struct List {
  std::string_view name;
  /// Most important first, filtered and cut as asked for.
  boost::json::array (*items)(const View& view, const ListQuery& query);
  /// How old what it says is; the epoch when there is nothing yet.
  model::Timestamp (*as_of)(const View& view);
};

/// By the last part of the path; null when there is no such list.
[[nodiscard]] const List* find_list(std::string_view name);

}  // namespace pgadvisor::daemon::http
