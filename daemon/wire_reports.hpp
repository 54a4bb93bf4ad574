#pragma once

#include "daemon/kept_reports.hpp"

#include <boost/json/object.hpp>

namespace pgadvisor::daemon {

/// A report's entry in the list of reports: what it is and how it was delivered, without its texts.
[[nodiscard]] boost::json::object to_json(const KeptReport& report);

}  // namespace pgadvisor::daemon
