#pragma once

#include "daemon/http/api.hpp"

#include <boost/json/array.hpp>

#include <string_view>

namespace pgadvisor::daemon::http {

/// Items of one of the API's lists, most important first, filtered and cut as asked for.
using ListItems = boost::json::array (*)(const View& view, const ListQuery& query);

/// By the last part of the path; null when there is no such list.
[[nodiscard]] ListItems find_list(std::string_view name);

}  // namespace pgadvisor::daemon::http
