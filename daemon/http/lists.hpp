#pragma once

#include "daemon/http/api.hpp"

#include <boost/json/array.hpp>

#include <string_view>

namespace pgadvisor::daemon::http {

/// Items of one of the API's lists, most important first, filtered and cut as asked for.
using ListItems = boost::json::array (*)(const View& view, const ListQuery& query);

/// By the last part of the path; null when there is no such list.
[[nodiscard]] ListItems find_list(std::string_view name);

/// How old what a list says is: hotspots are as young as the last poll, all others as the last advice. The
/// epoch when there is nothing yet.
[[nodiscard]] model::Timestamp list_as_of(std::string_view name, const View& view);

}  // namespace pgadvisor::daemon::http
